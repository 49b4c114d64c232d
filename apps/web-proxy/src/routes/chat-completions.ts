import type { Clock } from '@sympozium/process';
import type { RunOutcome } from '@sympozium/run-client';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Chunks } from '../openai/chunks.js';
import { completion, type AnswerHead } from '../openai/completion.js';
import { errorBody, HttpError, runError } from '../openai/errors.js';
import { toRun, type ChatRun } from '../openai/to-run.js';
import { callerGone } from '../plugins/caller-gone.js';
import { toHttpError } from '../plugins/errors.js';
import type { Catalogue } from '../runs/catalogue.js';
import type { OpenRun, RunDesk } from '../runs/run-desk.js';
import { modelNotFound } from './models.js';
import { RunTiming } from './run-timing.js';
import { DONE, SseWriter } from './sse-writer.js';

export interface ChatCompletionsOptions {
  readonly desk: RunDesk;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  /** Aborted when the proxy can wait no longer for what it has begun. */
  readonly stopping: AbortSignal;
}

/** What one request works with. */
interface Exchange {
  readonly chat: ChatRun;
  readonly open: OpenRun;
  readonly head: AnswerHead;
  readonly timing: RunTiming;
  readonly reply: FastifyReply;
}

/** `POST /v1/chat/completions`: one request, one run, its answer at once or piece by piece. */
export async function chatCompletionRoutes(app: FastifyInstance, options: ChatCompletionsOptions): Promise<void> {
  const { clock } = options;

  app.post('/chat/completions', async (request, reply) => {
    const exchange = await openExchange(request, reply, options);
    return exchange.chat.stream ? streamAnswer(exchange, clock) : sendAnswer(exchange);
  });
}

async function openExchange(
  request: FastifyRequest,
  reply: FastifyReply,
  { desk, catalogue, clock, stopping }: ChatCompletionsOptions,
): Promise<Exchange> {
  const timing = new RunTiming(clock);
  const chat = toRun(request.body);
  const idempotencyKey = idempotencyKeyOf(request);
  const instance = catalogue.find(request.caller, chat.model);
  if (!instance) throw modelNotFound(chat.model);
  const signal = AbortSignal.any([callerGone(reply), stopping]);
  request.hasRun = true;
  const open = await desk.open({
    instance,
    spec: chat.spec,
    keyId: request.caller.id,
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    relay: chat.stream,
    signal,
  });
  timing.made();
  const { name, creationTimestamp } = open.run.metadata;
  reply.header('x-sympozium-run', name);
  const createdAt = creationTimestamp === undefined ? clock.now() : Date.parse(creationTimestamp);
  const head = { id: `chatcmpl-${name}`, created: Math.floor(createdAt / 1000), model: chat.model };
  return { chat, open, head, timing, reply };
}

/** A key with which a repeated request joins the run of the first. */
function idempotencyKeyOf({ headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && /^[\x20-\x7e]{1,255}$/.test(key)) return key;
  throw new HttpError('invalid_request', 'Idempotency-Key must have 1 to 255 printable ASCII characters.', {
    param: 'Idempotency-Key',
  });
}

async function sendAnswer({ open, head, timing, reply }: Exchange): Promise<FastifyReply> {
  for await (const update of open.updates) {
    if (update.type === 'started') timing.started();
    if (update.type !== 'ended') continue;
    timing.ended();
    reply.headers(timing.header());
    return reply.send(completion(head, answerOf(update.outcome)));
  }
  throw new HttpError('internal_error');
}

async function streamAnswer({ chat, open, head, timing, reply }: Exchange, clock: Clock): Promise<FastifyReply> {
  const chunks = new Chunks(head, chat.includeUsage);
  const sse = new SseWriter({ reply, clock, headers: () => timing.header(), preamble: () => chunks.role() });
  try {
    for await (const update of open.updates) {
      if (update.type === 'started') timing.started();
      else if (update.type === 'delta') await sse.send(chunks.text(update.text));
      else if (update.type === 'tool_call_delta') await sse.send(chunks.toolCall(update));
      else if (update.type === 'ended') {
        timing.ended();
        const { finishReason, usage } = answerOf(update.outcome);
        sse.end(chunks.finish(finishReason), ...chunks.usage(usage), DONE);
      }
    }
  } catch (error) {
    if (!sse.begun) throw error;
    const { code, message, param } = toHttpError(error);
    sse.end(errorBody(code, message, param));
  } finally {
    sse.stop();
  }
  return reply;
}

/** The answer of a run that ended well. Throws the error that the caller gets for any other. */
function answerOf(outcome: RunOutcome) {
  if (outcome.succeeded) return outcome.answer;
  throw runError(outcome.reason, outcome.message);
}
