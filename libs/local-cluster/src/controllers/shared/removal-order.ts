import { isReady, phaseOf, podCondition, type Pod } from './pod.js';

const PHASES = ['Pending', 'Unknown', 'Running'];

/** What is lost least with a Pod comes first: not placed, not running, not ready, ready for a short time, young. */
export function inOrderOfRemoval(pods: readonly Pod[], rank: (pod: Pod) => number = () => 0): Pod[] {
  const keys = new Map(pods.map((pod) => [pod, removalKey(pod, rank(pod))]));
  return [...pods].sort((a, b) => compare(keys.get(a) ?? [], keys.get(b) ?? []));
}

function removalKey(pod: Pod, rank: number): number[] {
  const ready = isReady(pod);
  return [
    pod.spec.nodeName ? 1 : 0,
    PHASES.indexOf(phaseOf(pod)),
    ready ? 1 : 0,
    -rank,
    ready ? -Date.parse(podCondition(pod, 'Ready')?.lastTransitionTime ?? '') || 0 : 0,
    -restarts(pod),
    -Date.parse(pod.metadata.creationTimestamp ?? '') || 0,
  ];
}

const restarts = ({ status }: Pod): number =>
  Math.max(0, ...(status?.containerStatuses ?? []).map(({ restartCount = 0 }) => restartCount));

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at === -1 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
