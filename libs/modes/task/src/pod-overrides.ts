import type { AgentRun, PodTemplateOverrides, SympoziumInstance } from '@sympozium/api';
import type { PodTemplateParts } from '@sympozium/plugin-sdk/manifests';

/** The run's word over its instance's; environments and amounts are merged name by name. */
export function podOverrides(run: AgentRun, instance: SympoziumInstance): PodTemplateOverrides {
  const base = instance.spec.runDefaults?.podTemplate ?? {};
  const own = run.spec.podTemplate ?? {};
  return {
    ...base,
    ...own,
    env: [...(base.env ?? []), ...(own.env ?? [])],
    resources: mergedResources(base.resources, own.resources),
  };
}

type Resources = NonNullable<PodTemplateOverrides['resources']>;

const mergedResources = (base: Resources = {}, own: Resources = {}): Resources => ({
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
