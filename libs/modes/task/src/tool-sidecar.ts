import { durationMs, type SidecarSpec } from '@sympozium/api';
import type { ResolvedSkill } from '@sympozium/plugin-sdk';
import {
  environment,
  resources,
  sidecarName,
  sidecarParts,
  type ContainerParts,
  type EnvVar,
  type Wire,
} from '@sympozium/plugin-sdk/manifests';
import type { V1Volume } from '@kubernetes/client-node';
import type { TaskConfig } from './config.js';

/** A tool that comes with a skill and runs beside the agent. */
export interface Tool {
  readonly name: string;
  readonly sidecar: SidecarSpec;
}

/** The tools among the skills. A server is none: it serves the instance, in a run of its own. */
export const toolsOf = (skills: readonly ResolvedSkill[]): readonly Tool[] =>
  skills.flatMap(({ pack, sidecar }) =>
    sidecar && sidecar.requiresServer !== true ? [{ name: sidecarName(pack), sidecar }] : [],
  );

/**
 * A native sidecar: it starts before the agent, ends after it, and keeps no run from ending. It gets what its pack says
 * and nothing of the agent's, neither the model's key nor the input, and a /tmp of its own.
 */
export const toolContainer = ({ name, sidecar }: Tool, config: TaskConfig): ContainerParts => ({
  name,
  restartPolicy: 'Always',
  ...sidecarParts(sidecar),
  ...(sidecar.env && { env: environment([], sidecar.env as EnvVar[]) }),
  resources: resources(config.requests, sidecar.resources ?? {}),
  volumeMounts: [{ name, mountPath: '/tmp' }],
});

export const toolVolume = ({ name }: Tool, config: TaskConfig): Wire<V1Volume> => ({
  name,
  emptyDir: { sizeLimit: config.scratch },
});

/** The longest time that one of them has between SIGTERM and SIGKILL. */
export const graceSeconds = (tools: readonly Tool[]): number =>
  Math.max(0, ...tools.map(({ sidecar }) => Math.ceil(durationMs(sidecar.terminationGracePeriod) / 1000)));
