import {
  ANNOTATION,
  LABEL,
  POD as NAMES,
  runLabels,
  streamAudience,
  type AgentRun,
  type SympoziumInstance,
} from '@sympozium/api';
import type { ResolvedSkill } from '@sympozium/plugin-sdk';
import { placement, podOverrides, podTemplate, resources, type Wire } from '@sympozium/plugin-sdk/manifests';
import type { V1PodTemplateSpec, V1Volume, V1VolumeProjection } from '@kubernetes/client-node';
import { agentEnv, CA_FILE, SCRATCH_PATH, TERMINATION_MESSAGE_PATH } from './agent-env.js';
import type { TaskConfig } from './config.js';
import type { EncodedInput } from './input.js';
import { graceSeconds, toolContainer, toolsOf, toolVolume } from './tool-sidecar.js';

/** The time an agent has between SIGTERM and SIGKILL. */
const GRACE_SECONDS = 30;
/** The token outlives any start; the kubelet renews it long before it expires. */
const TOKEN_SECONDS = 3600;

export interface AgentPodParts {
  readonly run: AgentRun;
  readonly instance: SympoziumInstance;
  readonly skills: readonly ResolvedSkill[];
  readonly config: TaskConfig;
  readonly input: EncodedInput;
  /** Where the input is when the annotation cannot take it. */
  readonly inputConfigMap: string;
}

/** The Pod template in which a run's agent works. */
export function agentPod(parts: AgentPodParts): Wire<V1PodTemplateSpec> {
  const { run, instance, config, input } = parts;
  const overrides = podOverrides(run, instance);
  const tools = toolsOf(parts.skills);
  return podTemplate({
    labels: podLabels(run, instance),
    ...(input.road === 'annotation' && { annotations: { [ANNOTATION.runInput]: input.text } }),
    ...placement(overrides),
    terminationGracePeriodSeconds: Math.max(GRACE_SECONDS, graceSeconds(tools)),
    ...(tools.length > 0 && { initContainers: tools.map((tool) => toolContainer(tool, config)) }),
    containers: [
      {
        name: NAMES.agentContainer,
        image: config.agentImage,
        ...agentCommand(instance),
        env: agentEnv({ run, instance, overrides, containers: 1 + tools.length }),
        resources: resources(config.requests, overrides.resources ?? {}),
        terminationMessagePath: TERMINATION_MESSAGE_PATH,
        volumeMounts: [
          { name: NAMES.volume, mountPath: NAMES.mountPath, readOnly: true },
          { name: 'tmp', mountPath: SCRATCH_PATH },
        ],
      },
    ],
    volumes: [
      runVolume(parts),
      { name: 'tmp', emptyDir: { sizeLimit: config.scratch } },
      ...tools.map((tool) => toolVolume(tool, config)),
    ],
  });
}

function agentCommand({ spec: { agent } }: SympoziumInstance) {
  return agent
    ? { image: agent.image, ...(agent.command && { command: agent.command }), ...(agent.args && { args: agent.args }) }
    : {};
}

/** The host labels the Job; its Pods carry the same, so that views find them. */
const podLabels = ({ metadata }: AgentRun, instance: SympoziumInstance): Record<string, string> => ({
  ...runLabels({
    run: metadata.name,
    uid: metadata.uid,
    instance: instance.metadata.name,
    mode: 'task',
    keyId: metadata.labels?.[LABEL.key],
  }),
  [LABEL.component]: NAMES.agentContainer,
});

/** One volume for everything: each further kind of volume would cost the kubelet another look. */
function runVolume({ run, instance, input, inputConfigMap }: AgentPodParts): Wire<V1Volume> {
  const ca = instance.spec.model.caBundleRef;
  const sources: Wire<V1VolumeProjection>[] = [inputSource(input, inputConfigMap)];
  if (run.spec.stream)
    sources.push({
      serviceAccountToken: {
        audience: streamAudience(run.metadata.uid ?? ''),
        expirationSeconds: TOKEN_SECONDS,
        path: NAMES.tokenFile,
      },
    });
  if (ca) sources.push({ configMap: { name: ca.name, items: [{ key: ca.key, path: CA_FILE }] } });
  return { name: NAMES.volume, projected: { sources } };
}

function inputSource(input: EncodedInput, configMap: string): Wire<V1VolumeProjection> {
  if (input.road === 'config-map')
    return { configMap: { name: configMap, items: [{ key: NAMES.inputFile, path: NAMES.inputFile }] } };
  const fieldPath = `metadata.annotations['${ANNOTATION.runInput}']`;
  return { downwardAPI: { items: [{ path: NAMES.inputFile, fieldRef: { apiVersion: 'v1', fieldPath } }] } };
}
