import {
  ANNOTATION,
  CONDITION,
  groupOf,
  isTerminal,
  SYMPOZIUM_INSTANCE,
  type AgentRun,
  type OwnerReference,
  type SympoziumInstance,
} from '@sympozium/api';
import { contains } from '../plan/contains.js';
import type { WishedRun } from './plan-server-run.js';

/** Whose run has the name of an instance's server run. */
export type Holder = 'instance' | 'predecessor' | 'other';

/**
 * The annotation tells a run that the host made for its instance from one that a user made under the same name, since
 * every run of an instance is controlled by it. A run that lost its owner gets it back as any run does.
 */
export function holderOf(run: AgentRun, instance: SympoziumInstance): Holder {
  if (run.metadata.annotations?.[ANNOTATION.appliedHash] === undefined) return 'other';
  const controller = run.metadata.ownerReferences?.find((owner) => owner.controller === true);
  if (controller && isPredecessor(controller, instance)) return 'predecessor';
  const isOurs = controller ? controller.uid === instance.metadata.uid : isFor(run, instance);
  return isOurs ? 'instance' : 'other';
}

const isPredecessor = ({ uid, name, kind, apiVersion }: OwnerReference, { metadata }: SympoziumInstance): boolean =>
  kind === SYMPOZIUM_INSTANCE.kind &&
  groupOf({ apiVersion }) === groupOf(SYMPOZIUM_INSTANCE) &&
  name === metadata.name &&
  uid !== metadata.uid;

const isFor = ({ spec }: AgentRun, { metadata }: SympoziumInstance): boolean => spec.instanceRef.name === metadata.name;

/** Whether the run says all that is wished. */
export const isAsWished = (run: AgentRun, wished: WishedRun): boolean =>
  hashOf(run) === hashOf(wished) && contains(run.spec, wished.spec);

/**
 * Whether a run has ended and may go better now: a terminal phase never changes, so what changed since, in the instance,
 * its skills or the wish, needs a run of its own.
 */
export const isOutdatedEnd = (run: AgentRun, wished: WishedRun, instance: SympoziumInstance): boolean =>
  isTerminal(run.status.phase) && (hashOf(run) !== hashOf(wished) || isNews(instance));

/** Whether the instance was edited, or its skills have come to be in order, since its status was written. */
const isNews = ({ metadata, status }: SympoziumInstance): boolean =>
  status?.observedGeneration !== metadata.generation ||
  (status?.conditions ?? []).some((said) => said.type === CONDITION.accepted && said.status === 'False');

const hashOf = ({ metadata }: WishedRun | AgentRun): string | undefined =>
  metadata.annotations?.[ANNOTATION.appliedHash];
