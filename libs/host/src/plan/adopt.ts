import {
  GROUP,
  LABEL,
  ownerReference,
  runLabels,
  type AgentRun,
  type ObjectMeta,
  type SympoziumInstance,
} from '@sympozium/api';

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
  const owned = ownerReferences.some(({ uid }) => uid === instance.metadata.uid);
  if (missing.length === 0 && owned) return undefined;
  // A second controller would be refused: who made the run, say a schedule, may be it already.
  const owner = { ...ownerReference(instance), controller: !ownerReferences.some(({ controller }) => controller) };
  return { labels: Object.fromEntries(missing), ...(!owned && { ownerReferences: [...ownerReferences, owner] }) };
}
