import type { Clock } from '@sympozium/process';
import { ApiError, badRequest } from '../../api-error.js';
import type { ApiObject, ObjectName } from '../../api-object.js';
import type { DeleteParameters, ObjectApi } from '../../rest/object-api.js';
import type { Resource, ResourceRegistry } from '../../resources/resource.js';
import { DONE, type Handler, type HandlerRequest } from '../handlers.js';
import { deleteOptions } from '../options.js';
import { selects, type LabelSelector } from '../../label-selector.js';
import { withCondition, type PodFields } from './pod-condition.js';
import { nameOf } from '../verbs.js';
import { nowOf } from '../../rest/times.js';

export interface EvictionOptions {
  readonly api: ObjectApi;
  readonly registry: ResourceRegistry;
  readonly clock: Clock;
}

interface Budget {
  readonly spec?: { readonly selector?: LabelSelector; readonly unhealthyPodEvictionPolicy?: string };
  readonly status?: BudgetStatus;
}

interface BudgetStatus {
  readonly observedGeneration?: number;
  readonly disruptionsAllowed?: number;
  readonly currentHealthy?: number;
  readonly desiredHealthy?: number;
  readonly disruptedPods?: Readonly<Record<string, string>>;
}

const OVER = ['Succeeded', 'Failed', 'Pending'];
const VIOLATES = "Cannot evict pod as it would violate the pod's disruption budget.";

/** `pods/eviction`: a deletion that a PodDisruptionBudget may refuse with 429. */
export const evictPod =
  (options: EvictionOptions): Handler =>
  async (request) => {
    const { api } = options;
    const name = nameOf(request);
    const { metadata, deleteOptions: wish } = request.body as { metadata?: { name?: string }; deleteOptions?: unknown };
    if (metadata?.name !== name.name) throw badRequest('name in URL does not match name in Eviction object');
    const { dryRun, ...deletion } = deleteOptions(new URLSearchParams(), wish ?? {});
    const dry = { ...request, dryRun: dryRun || request.dryRun };
    const pod = api.get(request.resource, name);
    if (!ignoresBudgets(pod)) await spendBudget(options, dry, pod);
    await remove(options, dry, name, deletion);
    return DONE;
  };

const ignoresBudgets = (pod: ApiObject): boolean =>
  OVER.includes((pod as PodFields).status?.phase ?? '') || pod.metadata.deletionTimestamp !== undefined;

async function spendBudget({ api, registry, clock }: EvictionOptions, { dryRun }: HandlerRequest, pod: ApiObject) {
  const resource = registry.find('policy', 'v1', 'poddisruptionbudgets');
  const { namespace = '', name, labels = {} } = pod.metadata;
  const budgets = resource
    ? api.list(resource, { namespace }).items.filter((budget) => selects((budget as Budget).spec?.selector, labels))
    : [];
  const [budget] = budgets;
  if (!resource || !budget) return;
  if (budgets.length > 1) {
    const why = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    throw new ApiError(500, '', why);
  }
  if (isUnready(pod) && mayGoUnready(budget as Budget)) return;
  rejectSpent(budget);
  if (dryRun) return;
  await api.writeRaw(resource, { namespace, name: budget.metadata.name }, (live) => {
    rejectSpent(live);
    return spent(live, name, clock);
  });
}

function isUnready(pod: ApiObject): boolean {
  const { conditions = [] } = (pod as PodFields).status ?? {};
  return !conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

function mayGoUnready({ spec = {}, status = {} }: Budget): boolean {
  const { currentHealthy = 0, desiredHealthy = 0 } = status;
  return spec.unhealthyPodEvictionPolicy === 'AlwaysAllow' || (currentHealthy >= desiredHealthy && desiredHealthy > 0);
}

function rejectSpent(budget: ApiObject): void {
  const { name, generation = 0 } = budget.metadata;
  const { observedGeneration = 0, ...status } = (budget as Budget).status ?? {};
  if (observedGeneration < generation) {
    throw tooMany(`The disruption budget ${name} is still being processed by the server.`, 10);
  }
  if ((status.disruptionsAllowed ?? 0) > 0) return;
  const { currentHealthy = 0, desiredHealthy = 0 } = status;
  throw tooMany(
    currentHealthy <= desiredHealthy
      ? `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`
      : `The disruption budget ${name} does not allow evicting pods currently`,
  );
}

function tooMany(message: string, retryAfterSeconds?: number): ApiError {
  const causes = [{ reason: 'DisruptionBudget', message }];
  return new ApiError(429, 'TooManyRequests', VIOLATES, {
    causes,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}

/** The budget after one more disruption, which its controller has yet to see. */
function spent(budget: ApiObject, pod: string, clock: Clock): ApiObject {
  const status = (budget as Budget).status ?? {};
  const now = nowOf(clock);
  const disruptionsAllowed = (status.disruptionsAllowed ?? 0) - 1;
  return {
    ...budget,
    status: { ...status, disruptionsAllowed, disruptedPods: { ...status.disruptedPods, [pod]: now } },
  };
}

async function remove(
  { api, clock }: EvictionOptions,
  { resource, user, warn, dryRun }: HandlerRequest & { readonly resource: Resource },
  name: ObjectName,
  deletion: DeleteParameters,
): Promise<void> {
  const reason = { reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting' };
  const condition = { type: 'DisruptionTarget', status: 'True', ...reason };
  if (!dryRun) {
    await api.writeRaw(resource, name, (pod) => ({
      ...pod,
      status: withCondition((pod as PodFields).status ?? {}, condition, clock),
    }));
  }
  await api.delete(resource, name, deletion, { user, warn, dryRun, fieldManager: '', fieldValidation: 'Ignore' });
}
