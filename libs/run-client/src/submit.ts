import {
  AGENT_RUN,
  ANNOTATION,
  errorSentence,
  LIMIT,
  storedBytes,
  SympoziumError,
  type AgentRun,
} from '@sympozium/api';
import { isAlreadyExists, isNotFound, KubeError, type KubeClient } from '@sympozium/kube';
import { backoffMs, delay, type BackoffOptions, type Clock, type Random } from '@sympozium/process';
import { buildRun, type NewAgentRun, type RunRequest } from './build-run.js';
import { idempotentRunName, randomRunName } from './run-name.js';
import { SubmissionStamps } from './submission-stamps.js';

export interface SubmitDependencies {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
}

/** A run that was made, or, for an Idempotency-Key, the one that an earlier request made. */
export interface Submitted {
  readonly run: AgentRun;
  readonly joined: boolean;
}

const FIELD_MANAGER = 'sympozium-run-client';
const BACKOFF = { initialMs: 50, maxMs: 1_000 };
const ATTEMPTS = 4;
/** How often, and from which pause on, a run that is being deleted is looked at: some 30 s in all. */
const GONE_BACKOFF = { initialMs: 25, maxMs: 500 };
const GONE_ATTEMPTS = 70;

/** Makes runs. One POST each; the API server's `AlreadyExists` is the only lock. */
export class RunSubmitter {
  readonly #dependencies: SubmitDependencies;
  readonly #stamps: SubmissionStamps;

  constructor(dependencies: SubmitDependencies) {
    this.#dependencies = dependencies;
    this.#stamps = new SubmissionStamps(dependencies.clock);
  }

  /**
   * Creates the request's AgentRun, or joins the one that its Idempotency-Key made.
   * Throws `run_input_too_large` before anything is created, `idempotency_conflict` when the key made another request's
   * run, `invalid_request` for what the API server refuses, `api_unavailable` for all else.
   */
  async submit(request: RunRequest): Promise<Submitted> {
    const submittedAt = this.#stamps.next();
    for (;;) {
      const submitted = await this.#tryName(request, buildRun(request, { name: this.#name(request), submittedAt }));
      if (submitted) return submitted;
    }
  }

  #name({ instance, keyId, idempotencyKey }: RunRequest): string {
    if (idempotencyKey !== undefined) return idempotentRunName(keyId ?? '', idempotencyKey);
    return randomRunName(instance.metadata.name, this.#dependencies.random);
  }

  /** Undefined when another run has the random name. */
  async #tryName(request: RunRequest, run: NewAgentRun): Promise<Submitted | undefined> {
    const bytes = storedBytes(run.spec);
    if (bytes > LIMIT.input) throw tooLarge(bytes);
    for (let round = 0; round < GONE_ATTEMPTS; round += 1) {
      const created = await this.#create(run);
      if (created) return { run: created, joined: false };
      const holder = await this.#read(run);
      if (holder && isSameSubmission(holder, run)) return { run: holder, joined: false };
      if (holder && request.idempotencyKey === undefined) return undefined;
      if (holder && !isGoing(holder)) return { run: checked(holder, run), joined: true };
      await this.#pause(GONE_BACKOFF, round);
    }
    throw unavailable(`run ${run.metadata.name} is still being deleted`);
  }

  /**
   * Undefined when the name is taken. A call whose outcome is unknown is made again under the same name: either the
   * run is made now, or the name is taken by what the first call made.
   */
  async #create(run: NewAgentRun): Promise<AgentRun | undefined> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#dependencies.client.create(AGENT_RUN, run, { fieldManager: FIELD_MANAGER });
      } catch (error) {
        if (isAlreadyExists(error)) return undefined;
        if (!isUnknown(error) || attempt + 1 === ATTEMPTS) throw refusal(error);
        await this.#pause(BACKOFF, attempt);
      }
    }
  }

  async #read({ metadata: { namespace, name } }: NewAgentRun): Promise<AgentRun | undefined> {
    try {
      return await this.#dependencies.client.get(AGENT_RUN, namespace === undefined ? { name } : { namespace, name });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw refusal(error);
    }
  }

  #pause(backoff: BackoffOptions, attempt: number): Promise<void> {
    const { clock, random } = this.#dependencies;
    return delay(clock, backoffMs(backoff, attempt, random));
  }
}

const annotation = (run: { metadata: AgentRun['metadata'] }, name: string): string | undefined =>
  run.metadata.annotations?.[name];

const isSameRequest = (holder: AgentRun, run: NewAgentRun): boolean =>
  annotation(holder, ANNOTATION.requestDigest) === annotation(run, ANNOTATION.requestDigest);

/** The holder of the name is what an earlier try of this very submission made. */
const isSameSubmission = (holder: AgentRun, run: NewAgentRun): boolean =>
  isSameRequest(holder, run) && annotation(holder, ANNOTATION.submittedAt) === annotation(run, ANNOTATION.submittedAt);

const isGoing = ({ metadata }: AgentRun): boolean => metadata.deletionTimestamp !== undefined;

function checked(holder: AgentRun, run: NewAgentRun): AgentRun {
  if (isSameRequest(holder, run)) return holder;
  throw new SympoziumError('idempotency_conflict', errorSentence('idempotency_conflict'));
}

/** Whether the call may have had its effect cannot be told from its error. */
const isUnknown = (error: unknown): boolean =>
  error instanceof KubeError && (error.status === 0 || error.status >= 500);

const tooLarge = (bytes: number): SympoziumError =>
  new SympoziumError('run_input_too_large', errorSentence('run_input_too_large', `${bytes} of ${LIMIT.input} bytes`));

const unavailable = (detail: string, cause?: unknown): SympoziumError =>
  new SympoziumError('api_unavailable', errorSentence('api_unavailable', detail), { cause });

function refusal(error: unknown): unknown {
  if (!(error instanceof KubeError)) return error;
  const { status, message } = error;
  if (status === 413) return new SympoziumError('run_input_too_large', message, { cause: error });
  if (status === 422 || status === 400) return new SympoziumError('invalid_request', message, { cause: error });
  return unavailable(message, error);
}
