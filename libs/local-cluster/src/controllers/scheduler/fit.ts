import type { Node, Taint } from '../shared/node.js';
import { quantity } from '../shared/quantity.js';
import { tolerates } from '../shared/tolerations.js';
import type { NodeRequirement, Pod, Toleration } from '../shared/pod.js';

const UNSCHEDULABLE: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
const AFFINITY = "node(s) didn't match Pod's node affinity/selector";
const TAINTED = 'node(s) had untolerated taint(s)';

/** Why a Pod cannot go to a node that holds `others`, in the scheduler's words; empty if it can. */
export function obstacles(pod: Pod, node: Node, others: readonly Pod[]): readonly string[] {
  const { tolerations = [] } = pod.spec;
  if (node.spec?.unschedulable && !tolerated(tolerations, UNSCHEDULABLE)) return ['node(s) were unschedulable'];
  const taints = node.spec?.taints?.filter(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute') ?? [];
  if (taints.some((taint) => !tolerated(tolerations, taint))) return [TAINTED];
  if (!matchesNode(pod, node)) return [AFFINITY];
  return shortages(pod, node, others);
}

const tolerated = (tolerations: readonly Toleration[], taint: Taint): boolean =>
  tolerations.some((toleration) => tolerates(toleration, taint));

function matchesNode({ spec }: Pod, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  if (!Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value)) return false;
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  if (!terms) return true;
  const fields = { 'metadata.name': node.metadata.name };
  return terms.some(
    ({ matchExpressions = [], matchFields = [] }) =>
      matchExpressions.length + matchFields.length > 0 &&
      matchExpressions.every((requirement) => meets(requirement, labels)) &&
      matchFields.every((requirement) => meets(requirement, fields)),
  );
}

function meets({ key, operator, values = [] }: NodeRequirement, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[key];
  switch (operator) {
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    default:
      return compares(operator, Number(value), Number(values[0]));
  }
}

const compares = (operator: string, value: number, bound: number): boolean =>
  (operator === 'Gt' && value > bound) || (operator === 'Lt' && value < bound);

/** Whether the Pod fits into the empty node. */
export const hasRoom = (pod: Pod, node: Node): boolean => shortages(pod, node, []).length === 0;

function shortages(pod: Pod, node: Node, others: readonly Pod[]): string[] {
  const allocatable = node.status?.allocatable ?? {};
  const short = others.length + 1 > quantity(allocatable['pods'] ?? '0') ? ['Too many pods'] : [];
  for (const [resource, wanted] of requests(pod)) {
    const used = others.reduce((sum, other) => sum + (requests(other).get(resource) ?? 0), 0);
    if (wanted > 0 && used + wanted > quantity(allocatable[resource] ?? '0')) short.push(`Insufficient ${resource}`);
  }
  return short;
}

/**
 * What a Pod needs at its peak: its containers together with the sidecars, or one init container with the sidecars
 * started before it, whichever is more.
 */
export function requests({ spec }: Pod): ReadonlyMap<string, number> {
  const total = new Map<string, number>();
  const sidecars = new Map<string, number>();
  const peak = new Map<string, number>();
  for (const { restartPolicy, resources } of spec.initContainers ?? []) {
    if (restartPolicy === 'Always') addTo(sidecars, resources?.requests);
    else raise(peak, sum(sidecars, resources?.requests));
  }
  for (const { resources } of spec.containers) addTo(total, resources?.requests);
  const all = raise(sum(total, Object.fromEntries(sidecars)), peak);
  return sum(all, spec.overhead);
}

type Amounts = Readonly<Record<string, string | number>>;

function addTo(total: Map<string, number>, amounts: Amounts = {}): Map<string, number> {
  for (const [resource, amount] of Object.entries(amounts))
    total.set(resource, (total.get(resource) ?? 0) + quantity(amount));
  return total;
}

const sum = (total: ReadonlyMap<string, number>, amounts?: Amounts): Map<string, number> =>
  addTo(new Map(total), amounts);

function raise(total: Map<string, number>, least: ReadonlyMap<string, number>): Map<string, number> {
  for (const [resource, amount] of least) total.set(resource, Math.max(amount, total.get(resource) ?? 0));
  return total;
}
