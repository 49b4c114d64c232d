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
  if (instance) {
    const own = instance.spec.endpoint?.authSecretRef?.name;
    return { secret: own ?? generated, supplied: own !== undefined };
  }
  const secret = children.of(DEPLOYMENT).map(mountedIn)[0] ?? generated;
  return { secret, supplied: secret !== generated };
}

function mountedIn({ spec: { template } }: Deployment): string | undefined {
  const volumes = template.spec?.volumes ?? [];
  return volumes.find(({ secret }) => secret !== undefined)?.secret?.secretName;
}
