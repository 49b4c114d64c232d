import { errorSentence, LIMIT, preview, type AgentRun, type ErrorCode, type RunResult } from '@sympozium/api';
import { isNotFound, type KubeClient } from '@sympozium/kube';
import type { Observation, ObservedResult } from '@sympozium/plugin-sdk';
import { CONFIG_MAP } from '@sympozium/plugin-sdk/manifests';
import type { Clock } from '@sympozium/process';
import type { Applier } from '../apply/applier.js';
import { dressObject } from '../plan/dress.js';
import type { Outcome } from '../status/outcome.js';
import { without } from '../without.js';
import { readLogAnswer } from './log-answer.js';
import { resultMap } from './result-map.js';

export interface ResultStoreDependencies {
  readonly client: KubeClient;
  readonly applier: Applier;
  readonly clock: Clock;
}

type Succeeded = Extract<Observation, { state: 'succeeded' }>;

/** A log may be behind the end of its container, or its node out of reach for a moment; then an answer is lost. */
const LOG_PATIENCE_MS = 15_000;

/** Brings answers to safety before anybody hears that their run succeeded. */
export class ResultStore {
  readonly #dependencies: ResultStoreDependencies;

  constructor(dependencies: ResultStoreDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * The observation with its answer stored: inline up to 32 KiB, else in an owned ConfigMap. An answer that cannot be
   * had makes it a failure; one that a predecessor's ConfigMap keeps waiting is `undefined`. Rejects with what may pass.
   */
  async store(run: AgentRun, observation: Observation, mode: string): Promise<Outcome | undefined> {
    if (observation.state !== 'succeeded') return observation;
    if (sizeOf(observation.result.content) > LIMIT.result) return failed(observation, 'ResultTooLarge');
    const answer = await this.#answer(run, observation);
    if (!answer) return failed(observation, 'ResultLost');
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(answer);
    if (answer.length <= LIMIT.inlineResult) return succeeded(observation, text, { text });
    const map = dressObject(resultMap(run, answer), run, mode);
    const stored = await this.#dependencies.applier.apply(run, [
      { act: 'create', kind: CONFIG_MAP, object: map, plugin: 'host' },
    ]);
    if (stored === 'waiting') return undefined;
    if (stored !== 'done') return failed(observation, 'ResultLost', stored.message);
    return succeeded(observation, text, { ref: { name: map.metadata.name } });
  }

  /** `undefined` when it is lost. */
  async #answer(run: AgentRun, { result: { content }, completedAt }: Succeeded): Promise<Uint8Array | undefined> {
    if (content.from === 'inline') return new TextEncoder().encode(content.text);
    const patient = this.#dependencies.clock.now() < Date.parse(completedAt ?? '') + LOG_PATIENCE_MS;
    try {
      const answer = await readLogAnswer(this.#dependencies, run.metadata.namespace ?? '', content);
      if (answer || !patient) return answer;
    } catch (error) {
      if (isNotFound(error) || !patient) return undefined;
      throw error;
    }
    throw new Error(`the log of Pod ${content.pod} does not hold the whole answer yet`);
  }
}

const sizeOf = (content: ObservedResult['content']): number =>
  content.from === 'pod-log' ? content.bytes : new TextEncoder().encode(content.text).length;

function succeeded(observation: Succeeded, text: string, where: Pick<RunResult, 'text' | 'ref'>): Outcome {
  const { finishReason, toolCalls } = observation.result;
  const result = { finishReason, ...(toolCalls && { toolCalls: [...toolCalls] }), ...where };
  return { ...observation, result, preview: preview(text) };
}

const failed = (observation: Succeeded, reason: ErrorCode, detail?: string): Outcome => ({
  ...without(observation, 'result'),
  state: 'failed',
  reason,
  message: errorSentence(reason, detail),
});
