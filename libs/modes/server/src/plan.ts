import { ANNOTATION, KEY_ENTRY, SERVER_PORT, type Kind, type SidecarSpec } from '@sympozium/api';
import type { Desired, RunView, Stage } from '@sympozium/plugin-sdk';
import {
  bare,
  deployment,
  DEPLOYMENT,
  opaqueSecret,
  podDisruptionBudget,
  POD_DISRUPTION_BUDGET,
  ROLE,
  ROLE_BINDING,
  SECRET,
  service,
  SERVICE,
  SERVICE_ACCOUNT,
} from '@sympozium/plugin-sdk/manifests';
import type { ServerConfig, ServerParams } from './config.js';
import { keySourceOf } from './key-source.js';
import { generatedKeyName, selector, serverName } from './names.js';
import { plannedRights } from './rights.js';
import { HTTP, serverPod } from './server-pod.js';
import { chooseSidecar, isFailure } from './sidecar.js';

type ServerView = RunView<ServerParams>;

/** Every kind of a server, and when it is made. */
export const STAGES: readonly (readonly [Kind, Stage])[] = [
  [SECRET, 'credential'],
  [SERVICE_ACCOUNT, 'credential'],
  [ROLE, 'credential'],
  [ROLE_BINDING, 'credential'],
  [DEPLOYMENT, 'workload'],
  [POD_DISRUPTION_BUDGET, 'workload'],
  [SERVICE, 'service'],
];

/** A Deployment behind a Service, with a key and rights of its own; all of it follows instance, run and pack. */
export function planServer(view: ServerView, config: ServerConfig): readonly Desired[] {
  const sidecar = chooseSidecar(view.skills);
  return isFailure(sidecar) ? standing(view) : wishes(view, sidecar, config);
}

/**
 * Without a server to wish, what stands goes on as it is: whoever takes a skill away and puts it back, or edits a pack
 * in two steps, shall lose neither the key nor a request. Deleting the run is what ends a server.
 */
const standing = ({ children }: ServerView): readonly Desired[] =>
  STAGES.flatMap(([kind, stage]) =>
    children
      .of(kind)
      .map(({ metadata }) => metadata.name)
      .sort()
      .map((name) => kept(kind, name, stage)),
  );

/** An object that exists and is left alone. */
const kept = (kind: Kind, name: string, stage: Stage): Desired => ({
  object: bare(kind, name),
  stage,
  onDrift: 'keep',
});

function wishes(view: ServerView, sidecar: SidecarSpec, config: ServerConfig): readonly Desired[] {
  const { run, instance } = view;
  const name = serverName(run);
  const { secret: keySecret } = keySourceOf(view);
  const replicas = instance.spec.endpoint?.replicas ?? 1;
  const template = serverPod({ run, instance, sidecar, config, keySecret });
  return [
    ...plannedKey(view),
    ...plannedRights(run, keySecret),
    {
      object: deployment(name, {
        replicas,
        selector: { matchLabels: selector(run) },
        // No Pod goes before another one answers.
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: '25%' } },
        // The Deployment's own clock for "does not get on": observe has none.
        progressDeadlineSeconds: 60,
        revisionHistoryLimit: 2,
        template,
      }),
      stage: 'workload',
      onDrift: 'apply',
    },
    ...(replicas > 1 ? [plannedBudget(view)] : []),
    {
      object: service(name, {
        type: 'ClusterIP',
        selector: selector(run),
        ports: [{ name: HTTP, port: SERVER_PORT.http, targetPort: HTTP, protocol: 'TCP', appProtocol: 'http' }],
      }),
      stage: 'service',
      onDrift: 'apply',
    },
  ];
}

/** A drain takes one Pod after the other; those that are broken anyway stop no drain. */
const plannedBudget = ({ run }: ServerView): Desired => ({
  object: podDisruptionBudget(serverName(run), {
    maxUnavailable: 1,
    selector: { matchLabels: selector(run) },
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
  }),
  stage: 'workload',
  onDrift: 'apply',
});

/** One that was made stays while a user's own Secret is in use: without that one again, callers keep their key. */
function plannedKey(view: ServerView): readonly Desired[] {
  const { run, instance, children } = view;
  const name = generatedKeyName(run);
  if (!keySourceOf(view).supplied)
    return [
      {
        object: opaqueSecret(name),
        stage: 'credential',
        onDrift: 'create-once',
        generate: {
          field: KEY_ENTRY.current,
          prefix: 'sk-',
          bytes: 32,
          epoch: instance.metadata.annotations?.[ANNOTATION.keyEpoch] ?? '',
        },
      },
    ];
  const exists = children.of(SECRET).some(({ metadata }) => metadata.name === name);
  return exists ? [kept(SECRET, name, 'credential')] : [];
}
