import {
  AGENT_RUN,
  agentRunSpec,
  API_VERSION,
  ownerReference,
  RESULT_ENTRY,
  SYMPOZIUM_INSTANCE,
  type AgentRun,
  type AgentRunStatus,
  type ErrorCode,
  type Kind,
  type KubeObject,
  type SympoziumInstance,
} from '@sympozium/api';
import { FakeKubeClient } from '@sympozium/kube/testing';
import { systemClock, systemRandom, type Clock, type Random } from '@sympozium/process';
import type { RunAnswer } from '../run-update.js';

const CONFIG_MAP: Kind = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };

/** An API server in memory with the kinds' defaults, and the operator's part played by the test. */
export class RunWorld {
  readonly namespace = 'default';
  readonly client: FakeKubeClient;

  constructor({ clock = systemClock, random = systemRandom }: { clock?: Clock; random?: Random } = {}) {
    this.client = new FakeKubeClient({ clock, random, admit: fillIn });
  }

  /** All runs there are. */
  get runs(): AgentRun[] {
    return this.client.server.objects(AGENT_RUN);
  }

  run(name: string): AgentRun | undefined {
    return this.client.server.peek(AGENT_RUN, { namespace: this.namespace, name });
  }

  instance(name: string, spec: Partial<SympoziumInstance['spec']> = {}): SympoziumInstance {
    return this.client.server.put(SYMPOZIUM_INSTANCE, {
      apiVersion: API_VERSION,
      kind: SYMPOZIUM_INSTANCE.kind,
      metadata: { name, namespace: this.namespace },
      spec: { model: { provider: 'echo', name: 'echo' }, ...spec },
    });
  }

  /** Something keeps the run from starting, or with no reason no longer does. */
  hold(run: AgentRun, reason?: ErrorCode, message?: string): void {
    this.#patch(run, { phase: 'Pending', reason: reason ?? null, message: message ?? null });
  }

  start(run: AgentRun): void {
    this.#patch(run, { phase: 'Running', reason: null, message: null });
  }

  succeed(run: AgentRun, answer: Partial<RunAnswer> & { readonly text: string }): void {
    this.#patch(run, { phase: 'Succeeded', reason: null, message: null, ...stored(answer, { text: answer.text }) });
  }

  /** The same with the answer in a ConfigMap. */
  succeedLarge(run: AgentRun, answer: Partial<RunAnswer> & { readonly text: string }): void {
    const name = `${run.metadata.name}-result`;
    this.client.server.create(CONFIG_MAP, {
      ...CONFIG_MAP,
      metadata: { name, namespace: this.namespace, ownerReferences: [ownerReference(run)] },
      binaryData: { [RESULT_ENTRY]: Buffer.from(answer.text).toString('base64') },
    } as KubeObject);
    this.#patch(run, { phase: 'Succeeded', ...stored(answer, { ref: { name } }) });
  }

  fail(run: AgentRun, reason: ErrorCode, message: string): void {
    this.#patch(run, { phase: 'Failed', reason, message });
  }

  delete({ metadata: { name, namespace = this.namespace } }: AgentRun): void {
    this.client.server.delete(AGENT_RUN, { namespace, name });
  }

  #patch({ metadata: { name, namespace = this.namespace } }: AgentRun, status: object): void {
    const patch = { type: 'merge', body: { status } } as const;
    this.client.server.patch(AGENT_RUN, { namespace, name }, patch, { subresource: 'status' });
  }
}

const stored = (
  { finishReason = 'stop', toolCalls, usage }: Partial<RunAnswer>,
  where: Partial<AgentRunStatus['result']>,
): object => ({
  result: { finishReason, ...(toolCalls && { toolCalls }), ...where },
  ...(usage && { usage }),
});

/** What the CRD's schema does to an AgentRun: defaults of spec and status. */
function fillIn(kind: Kind, object: KubeObject): void {
  if (kind.kind !== AGENT_RUN.kind) return;
  const run = object as AgentRun;
  Object.assign(run, { spec: agentRunSpec.parse(run.spec), status: { ...run.status } });
  run.status.phase ??= 'Pending';
}
