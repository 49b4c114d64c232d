import type { AgentRun, PodTemplateOverrides, SympoziumInstance } from '@sympozium/api';
import type { PodTemplateParts } from './pod-template.js';

/** What a user says about a run's Pod: the run's word over its instance's, environments and amounts name by name. */
export function podOverrides(run: AgentRun, instance: SympoziumInstance): PodTemplateOverrides {
  const base = instance.spec.runDefaults?.podTemplate ?? {};
  const own = run.spec.podTemplate ?? {};
  return {
    ...base,
    ...own,
    env: [...(base.env ?? []), ...(own.env ?? [])],
    resources: mergedAmounts(base.resources, own.resources),
  };
}

type ContainerAmounts = NonNullable<PodTemplateOverrides['resources']>;

/** Requests and limits, of each amount the later word. */
export const mergedAmounts = (base: ContainerAmounts = {}, own: ContainerAmounts = {}): ContainerAmounts => ({
  requests: { ...base.requests, ...own.requests },
  limits: { ...base.limits, ...own.limits },
});

/** What of the overrides belongs to the Pod rather than to its container; nothing else gets through. */
const PLACEMENT = [
  'nodeSelector',
  'tolerations',
  'affinity',
  'runtimeClassName',
  'priorityClassName',
  'imagePullSecrets',
] as const satisfies readonly (keyof PodTemplateOverrides & keyof PodTemplateParts)[];

/** Where and how the Pod runs, as far as the user may say. */
export const placement = (overrides: PodTemplateOverrides): Partial<PodTemplateParts> =>
  Object.fromEntries(
    PLACEMENT.filter((field) => overrides[field] !== undefined).map((field) => [field, overrides[field]]),
  );
