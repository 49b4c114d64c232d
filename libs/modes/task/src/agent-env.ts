import {
  AGENT_ENV,
  LIMIT,
  POD,
  type AgentRun,
  type PodTemplateOverrides,
  type SympoziumInstance,
} from '@sympozium/api';
import { environment, type EnvVar } from '@sympozium/plugin-sdk/manifests';

/** The only path an agent may write to besides /tmp; the kubelet makes it, read-only root or not. */
export const TERMINATION_MESSAGE_PATH = '/dev/termination-log';
export const SCRATCH_PATH = '/tmp';
export const CA_FILE = 'ca.pem';

const file = (name: string): string => `${POD.mountPath}/${name}`;

/** What an agent's environment is made from. */
export interface AgentEnvParts {
  readonly run: AgentRun;
  readonly instance: SympoziumInstance;
  readonly overrides: PodTemplateOverrides;
  /** How many containers its Pod has. */
  readonly containers: number;
}

/**
 * The agent's environment, each name once: the run's word goes before the instance's, both before our defaults,
 * and the protocol's variables before all. They come first, so that others may refer to them as `$(SYMPOZIUM_RUN)`.
 */
export function agentEnv(parts: AgentEnvParts): EnvVar[] {
  const { instance, overrides } = parts;
  const own = (overrides.env ?? []) as EnvVar[];
  return environment(protocol(parts), [...defaults(instance), ...(instance.spec.agent?.env ?? []), ...own]);
}

function defaults({ spec: { model } }: SympoziumInstance): EnvVar[] {
  return [
    { name: 'HOME', value: SCRATCH_PATH },
    ...(model.caBundleRef ? [{ name: 'NODE_EXTRA_CA_CERTS', value: file(CA_FILE) }] : []),
    ...(model.proxy === undefined ? [] : [{ name: 'HTTPS_PROXY', value: literal(model.proxy) }]),
  ];
}

function protocol({ run, instance, containers }: AgentEnvParts): EnvVar[] {
  const key = instance.spec.model.authSecretRef;
  return [
    { name: AGENT_ENV.run, value: run.metadata.name },
    { name: AGENT_ENV.attempt, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.uid' } } },
    { name: AGENT_ENV.input, value: file(POD.inputFile) },
    { name: AGENT_ENV.result, value: TERMINATION_MESSAGE_PATH },
    { name: AGENT_ENV.resultBytes, value: String(resultBytes(containers)) },
    ...(key ? [{ name: AGENT_ENV.modelKey, valueFrom: { secretKeyRef: { name: key.name, key: key.key } } }] : []),
    ...(run.spec.stream
      ? [
          { name: AGENT_ENV.streamUrl, value: literal(run.spec.stream.url) },
          { name: AGENT_ENV.tokenFile, value: file(POD.tokenFile) },
        ]
      : []),
  ];
}

/** What one container may leave: a kubelet keeps 4 KiB of each and shares 12 KiB among all of a Pod. */
export const resultBytes = (containers: number): number =>
  Math.min(LIMIT.terminationMessage, Math.floor(LIMIT.terminationMessagesPerPod / (containers + 1)));

/** A value of which the kubelet makes the given one: to it `$$` is a dollar and `$(X)` a variable. */
export const literal = (value: string): string => value.replaceAll('$', '$$$$');
