import type { AgentRun, SympoziumInstance } from '@sympozium/api';
import type { ObservedView } from '@sympozium/plugin-sdk';
import { DEPLOYMENT, type Deployment } from '@sympozium/plugin-sdk/manifests';
import { generatedKeyName } from './names.js';

/** Where a server's API keys come from. */
export interface KeySource {
  /** Name of the Secret. */
  readonly secret: string;
  /** It is the user's own: never written, never deleted, never read. */
  readonly supplied: boolean;
}

/** The instance's word, or, where there is no instance any more, what is mounted. */
export function keySourceOf({ run, instance, children }: Omit<ObservedView, 'params'>): KeySource {
  const generated = generatedKeyName(run);
  const secret = (instance ? suppliedTo(instance) : children.of(DEPLOYMENT).map(mountedIn)[0]) ?? generated;
  return { secret, supplied: secret !== generated };
}

/** The instance's own Secret, if it names one. */
export const suppliedTo = ({ spec }: SympoziumInstance): string | undefined => spec.endpoint?.authSecretRef?.name;

/** Where the keys of a run's server are to come from. */
export const wishedKeySecret = (run: AgentRun, instance: SympoziumInstance): string =>
  suppliedTo(instance) ?? generatedKeyName(run);

function mountedIn({ spec: { template } }: Deployment): string | undefined {
  const volumes = template.spec?.volumes ?? [];
  return volumes.find(({ secret }) => secret !== undefined)?.secret?.secretName;
}
