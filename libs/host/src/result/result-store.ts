import {
  errorSentence,
  LIMIT,
  preview,
  storedBytes,
  type AgentRun,
  type ErrorCode,
  type RunResult,
  type ToolCall,
} from '@sympozium/api';
import { isNotFound, type KubeClient } from '@sympozium/kube';
import type { Observation, ObservedResult } from '@sympozium/plugin-sdk';
import { CONFIG_MAP } from '@sympozium/plugin-sdk/manifests';
import type { Clock, Logger } from '@sympozium/process';
import type { Applier } from '../apply/applier.js';
import { dressObject } from '../plan/dress.js';
import type { Outcome } from '../status/outcome.js';
import { without } from '../without.js';
import { readLogAnswer, type LogAnswer } from './log-answer.js';
import { resultMap } from './result-map.js';

export interface ResultStoreDependencies {
  readonly client: KubeClient;
  readonly applier: Applier;
  readonly clock: Clock;
  readonly log: Logger;
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
   * had makes it a failure; `undefined` when it can only be had, or stored, a little later.
   */
  async store(run: AgentRun, observation: Observation, mode: string): Promise<Outcome | undefined> {
    if (observation.state !== 'succeeded') return observation;
    if (sizeOf(observation.result.content) > LIMIT.result) return failed(observation, 'ResultTooLarge');
    const answer = await this.#answer(run, observation);
    if (answer === 'later') return undefined;
    if (answer === 'lost') return failed(observation, 'ResultLost');
    return this.#keep(run, mode, observation, answer);
  }

  async #keep(run: AgentRun, mode: string, observation: Succeeded, answer: LogAnswer): Promise<Outcome | undefined> {
    const { bytes, toolCalls = observation.result.toolCalls } = answer;
    if (toolCalls && storedBytes(toolCalls) > LIMIT.result) return failed(observation, 'ResultTooLarge');
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    if (bytes.length <= LIMIT.inlineResult) return succeeded(observation, { text, toolCalls }, { text });
    const object = dressObject(resultMap(run, bytes), run, mode);
    const stored = await this.#dependencies.applier.apply(run, [
      { act: 'create', kind: CONFIG_MAP, object, plugin: 'host' },
    ]);
    if (stored === 'waiting') return undefined;
    if (stored !== 'done') return failed(observation, 'ResultLost', stored.message);
    return succeeded(observation, { text, toolCalls }, { ref: { name: object.metadata.name } });
  }

  /** The answer; `lost` when there is none, or no log to read it from, in time. */
  async #answer(run: AgentRun, { result: { content }, completedAt }: Succeeded): Promise<LogAnswer | 'later' | 'lost'> {
    if (content.from === 'inline') return { bytes: new TextEncoder().encode(content.text) };
    const patient = this.#dependencies.clock.now() < Date.parse(completedAt ?? '') + LOG_PATIENCE_MS;
    try {
      const answer = await readLogAnswer(this.#dependencies, run.metadata.namespace ?? '', content);
      return answer ?? (patient ? 'later' : 'lost');
    } catch (error) {
      this.#dependencies.log.warn({ err: error, pod: content.pod }, 'a log with an answer cannot be read');
      return patient && !isNotFound(error) ? 'later' : 'lost';
    }
  }
}

const sizeOf = (content: ObservedResult['content']): number =>
  content.from === 'pod-log' ? content.bytes : new TextEncoder().encode(content.text).length;

interface Said {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[] | undefined;
}

function succeeded(observation: Succeeded, said: Said, where: Pick<RunResult, 'text' | 'ref'>): Outcome {
  const { finishReason } = observation.result;
  const result = { finishReason, ...(said.toolCalls && { toolCalls: [...said.toolCalls] }), ...where };
  return { ...observation, result, preview: preview(said.text) };
}

const failed = (observation: Succeeded, reason: ErrorCode, detail?: string): Outcome => ({
  ...without(observation, 'result'),
  state: 'failed',
  reason,
  message: errorSentence(reason, detail),
});
