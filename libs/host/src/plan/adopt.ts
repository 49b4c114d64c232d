import {
  GROUP,
  LABEL,
  ownerReference,
  runLabels,
  SYMPOZIUM_INSTANCE,
  type AgentRun,
  type ObjectMeta,
  type OwnerReference,
  type SympoziumInstance,
} from '@sympozium/api';
import { hasController } from '../cluster/run-of.js';

/** What a run's metadata lacks, if its creator left it out, as `kubectl apply` does: its owner and its labels. Others' labels stay. */
export function adopt(
  run: AgentRun,
  instance: SympoziumInstance,
  mode: string,
): Pick<ObjectMeta, 'labels' | 'ownerReferences'> | undefined {
  const { labels = {}, ownerReferences = [] } = run.metadata;
  const wanted = runLabels({
    run: run.metadata.name,
    instance: instance.metadata.name,
    mode,
    keyId: labels[LABEL.key],
  });
  const missing = Object.entries(wanted).filter(([name, value]) =>
    name.startsWith(`${GROUP}/`) ? labels[name] !== value : labels[name] === undefined,
  );
  // The garbage collector may just have taken the owner away: `kubectl delete --cascade=orphan`.
  const leaves = instance.metadata.deletionTimestamp !== undefined;
  // Who controls the run, say a schedule, decides how long it lives: a second owner would keep it alive (ADR 0010).
  const owned = leaves || hasController(run) || ownerReferences.some((owner) => isOwnerLike(owner, instance));
  if (missing.length === 0 && owned) return undefined;
  const owners = [...ownerReferences, ownerReference(instance)];
  return { labels: Object.fromEntries(missing), ...(!owned && { ownerReferences: owners }) };
}

/** This instance, or an earlier one of its name: its run goes with it, and is not ours to keep alive. */
const isOwnerLike = ({ kind, name, uid }: OwnerReference, { metadata }: SympoziumInstance): boolean =>
  uid === metadata.uid || (kind === SYMPOZIUM_INSTANCE.kind && name === metadata.name);
