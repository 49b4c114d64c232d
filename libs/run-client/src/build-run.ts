import {
  AGENT_RUN,
  ANNOTATION,
  API_VERSION,
  defined,
  ownerReference,
  runLabels,
  shortHash,
  type AgentRunSpecInput,
  type KubeObject,
  type SympoziumInstance,
} from '@sympozium/api';

/** What a door wants of an instance: a task with everything its caller said. */
export interface RunRequest {
  /** As read from the API server: it becomes the run's owner. */
  readonly instance: SympoziumInstance;
  readonly spec: Omit<AgentRunSpecInput, 'instanceRef' | 'mode' | 'stream' | 'cancel'>;
  /** Id of the API key that asks. */
  readonly keyId?: string;
  /** The same key and the same spec join the run that the first request made. */
  readonly idempotencyKey?: string;
  /** Where the agent of a run of this name sends its frames. Called once for each name that is tried. */
  readonly streamUrl?: (run: string) => string;
}

export interface RunIdentityParts {
  readonly name: string;
  /** RFC 3339 with microseconds. */
  readonly submittedAt: string;
}

/** An AgentRun that the API server has not seen yet. */
export interface NewAgentRun extends KubeObject {
  readonly spec: AgentRunSpecInput;
}

/** The AgentRun of a request. The instance's podTemplate is not copied: the plan merges it. */
export function buildRun(request: RunRequest, { name, submittedAt }: RunIdentityParts): NewAgentRun {
  const { instance, spec, keyId, streamUrl } = request;
  const { namespace } = instance.metadata;
  const url = streamUrl?.(name);
  return {
    apiVersion: API_VERSION,
    kind: AGENT_RUN.kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      labels: runLabels({ run: name, instance: instance.metadata.name, mode: 'task', keyId }),
      annotations: { [ANNOTATION.submittedAt]: submittedAt, [ANNOTATION.requestDigest]: requestDigest(request) },
      ownerReferences: [ownerReference(instance, false)], // callers need no right to the instance’s finalizers
    },
    spec: {
      instanceRef: { name: instance.metadata.name },
      mode: 'task',
      ...runDefaults(instance),
      ...spec,
      ...(url !== undefined && { stream: { url } }),
    },
  };
}

/** What an instance says of its runs where they say nothing; its podTemplate is merged later. */
export function runDefaults({
  spec,
}: SympoziumInstance): Pick<AgentRunSpecInput, 'timeout' | 'ttlAfterFinished' | 'ttlAfterFailure'> {
  const { timeout, ttlAfterFinished, ttlAfterFailure } = spec.runDefaults ?? {};
  return defined({ timeout, ttlAfterFinished, ttlAfterFailure });
}

/** The same for requests that ask the same of the same instance, whatever the order of their fields. */
export const requestDigest = ({ instance, spec }: RunRequest): string =>
  shortHash(JSON.stringify(sorted([instance.metadata.name, spec])), 64);

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}
