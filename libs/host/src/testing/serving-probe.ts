import { ANNOTATION, childName, type Kind, type KubeObject } from '@sympozium/api';
import { defineMode, type Desired, type ModePlugin, type Observation, type ObservedView } from '@sympozium/plugin-sdk';
import { probeMode } from './probe-mode.js';

/** A Secret as a Kubernetes API has it. */
export interface ProbeSecret extends KubeObject {
  data?: Record<string, string>;
}

/** What serves, in a kind of no real API. */
export interface ProbeApp extends KubeObject {
  spec: { readonly replicas: number };
  status?: { readonly ready: boolean };
}

export const PROBE_SECRET: Kind<ProbeSecret> = {
  apiVersion: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  namespaced: true,
};
export const PROBE_APP: Kind<ProbeApp> = {
  apiVersion: 'probe.dev/v1',
  kind: 'App',
  plural: 'apps',
  namespaced: true,
};
export const PROBE_DOOR: Kind = { apiVersion: 'probe.dev/v1', kind: 'Door', plural: 'doors', namespaced: true };

const { params, config } = probeMode();

/**
 * A mode for tests that serves: a Secret with a generated value, an App whose status says whether it works, a Door. It
 * shows teardown, repairs and generated values without any real mode.
 */
export const servingProbe = (): ModePlugin =>
  defineMode({
    name: 'serving-probe',
    lifecycle: 'serving',
    owns: [{ kind: PROBE_SECRET }, { kind: PROBE_APP }, { kind: PROBE_DOOR }],
    params,
    config,
    create: () => ({ plan, observe }),
  });

function plan({ run, instance }: ObservedView): Desired[] {
  const { name } = run.metadata;
  const of = (kind: Kind, part: string): KubeObject => ({
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: { name: childName(name, part) },
  });
  const epoch = instance?.metadata.annotations?.[ANNOTATION.keyEpoch] ?? '';
  const app = { ...of(PROBE_APP, 'app'), spec: { replicas: instance?.spec.endpoint?.replicas ?? 1 } };
  return [
    { object: of(PROBE_DOOR, 'door'), stage: 'service', onDrift: 'apply' },
    { object: app, stage: 'workload', onDrift: 'apply' },
    {
      object: of(PROBE_SECRET, 'key'),
      stage: 'credential',
      onDrift: 'create-once',
      generate: { field: 'api-key', prefix: 'sk-', bytes: 32, epoch },
    },
  ];
}

function observe({ children }: ObservedView): Observation {
  const [app] = children.of(PROBE_APP);
  return app?.status?.ready === true
    ? { state: 'serving', endpoint: { url: 'http://probe.example' } }
    : { state: 'pending', reason: 'ServerUnavailable', message: 'The App is not ready.' };
}
