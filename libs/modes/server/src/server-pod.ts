import {
  durationMs,
  runLabels,
  SERVER_ENV,
  SERVER_PATH,
  SERVER_PORT,
  type AgentRun,
  type SidecarSpec,
  type SympoziumInstance,
} from '@sympozium/api';
import {
  environment,
  mergedAmounts,
  placement,
  podOverrides,
  podTemplate,
  resources,
  sidecarParts,
  type ContainerParts,
  type EnvVar,
  type Wire,
} from '@sympozium/plugin-sdk/manifests';
import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import type { ServerConfig } from './config.js';
import { selector, SERVER_CONTAINER, serverName } from './names.js';

/** The port that the Service leads to, by name: a pack chooses the number. */
export const HTTP = 'http';

/**
 * Gateways and nodes learn seconds late that a Pod is leaving, and send it requests until then. A server that stops
 * listening at SIGTERM would lose them, so the signal comes after this pause; the pack's own grace begins with it.
 */
const LAST_REQUESTS_SECONDS = 5;

export interface ServerPodParts {
  readonly run: AgentRun;
  readonly instance: SympoziumInstance;
  readonly sidecar: SidecarSpec;
  readonly config: ServerConfig;
  /** The Secret whose entries are the API keys. */
  readonly keySecret: string;
}

/** The Pod template of a server, made from the pack's sidecar alone. */
export function serverPod(parts: ServerPodParts): Wire<V1PodTemplateSpec> {
  const { run, instance, sidecar, config, keySecret } = parts;
  return podTemplate({
    labels: { ...labelsOf(run), ...selector(run) },
    ...placement(podOverrides(run, instance)),
    restartPolicy: 'Always',
    serviceAccountName: serverName(run),
    automountServiceAccountToken: true,
    terminationGracePeriodSeconds: LAST_REQUESTS_SECONDS + Math.ceil(durationMs(sidecar.terminationGracePeriod) / 1000),
    // Also with one Pod: a number of replicas that changed the template would restart them all.
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: selector(run) },
        matchLabelKeys: ['pod-template-hash'],
      },
    ],
    containers: [serverContainer(parts)],
    volumes: [
      // Readable by whatever user the image runs as: nobody else is in the Pod.
      { name: 'keys', secret: { secretName: keySecret, defaultMode: 0o444 } },
      { name: 'tmp', emptyDir: { sizeLimit: config.scratch } },
    ],
  });
}

/** The host labels the Deployment; its Pods carry the same, so that views find them. */
const labelsOf = ({ metadata, spec }: AgentRun): Record<string, string> =>
  runLabels({ run: metadata.name, uid: metadata.uid, instance: spec.instanceRef.name, mode: 'server' });

function serverContainer(parts: ServerPodParts): ContainerParts {
  const { run, instance, sidecar, config } = parts;
  const overrides = podOverrides(run, instance);
  const free = [...(sidecar.env ?? []), ...(overrides.env ?? [])] as EnvVar[];
  return {
    name: SERVER_CONTAINER,
    readinessProbe: { tcpSocket: { port: HTTP }, periodSeconds: 2 },
    ...sidecarParts({ ...sidecar, ports: portsOf(sidecar) }),
    env: environment(givenEnv(parts), free),
    resources: resources(config.requests, mergedAmounts(sidecar.resources, overrides.resources)),
    lifecycle: { preStop: { sleep: { seconds: LAST_REQUESTS_SECONDS } } },
    volumeMounts: [
      { name: 'keys', mountPath: SERVER_PATH.keys, readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
}

/** What every server gets, whatever its image. */
const givenEnv = ({ run, instance, keySecret }: ServerPodParts): EnvVar[] => [
  { name: SERVER_ENV.instance, value: instance.metadata.name },
  { name: SERVER_ENV.namespace, value: run.metadata.namespace ?? '' },
  { name: SERVER_ENV.podIp, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } },
  { name: SERVER_ENV.keysDir, value: SERVER_PATH.keys },
  { name: SERVER_ENV.keysSecret, value: keySecret },
  { name: SERVER_ENV.serviceAccountDir, value: SERVER_PATH.serviceAccount },
];

/** The pack's ports, and the one that the Service needs. */
const portsOf = ({ ports = [] }: SidecarSpec): NonNullable<SidecarSpec['ports']> =>
  ports.some(({ name }) => name === HTTP) ? ports : [{ name: HTTP, containerPort: SERVER_PORT.http }, ...ports];
