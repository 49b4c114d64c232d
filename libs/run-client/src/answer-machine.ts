import { agentFailure, failure, type Failure, type ToolCall, type Usage } from '@sympozium/api';
import type { Frame, ResultBody } from '@sympozium/run-protocol';
import type { RunAnswer, RunUpdate, ToolCallDelta } from './run-update.js';

export interface AnswerMachineOptions {
  /** Whether pieces are passed on as they come; else only the whole answer counts. */
  readonly relay: boolean;
  /** The run's Pod may be tried again: an error of one attempt is not the run's. */
  readonly retries: boolean;
}

const NONE: readonly RunUpdate[] = [];

/**
 * Makes one answer out of two roads that may break, repeat and overtake each other: the agent's frames and the
 * stored result. What was passed on is never repeated: pieces concatenate to the whole answer, or the answer ends
 * with an error.
 */
export class AnswerMachine {
  readonly #options: AnswerMachineOptions;
  readonly #past = new Set<string>();
  #attempt: string | undefined;
  #nextSeq = 0;
  /** Frames of this attempt are missing; only its result is of use. */
  #gap = false;
  #started = false;
  #ended = false;
  #usage: Usage | undefined;
  #relayed = new RelayedAnswer();
  #relayedAttempt: string | undefined;

  constructor(options: AnswerMachineOptions) {
    this.#options = options;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Takes a frame of the run, from wherever it came. */
  frame(frame: Frame): readonly RunUpdate[] {
    if (this.#ended || !this.#isOfCurrentAttempt(frame)) return NONE;
    if (frame.type === 'result') return [...this.#start(), ...this.#result(frame)];
    return this.#isNext(frame) ? [...this.#start(), ...this.#piece(frame)] : NONE;
  }

  /** The run has ended well and this is what is stored of it. */
  stored(answer: RunAnswer): readonly RunUpdate[] {
    return this.#ended ? NONE : this.#complete(answer);
  }

  /** The run has ended otherwise, or its waiter gives up. */
  failed({ reason, message }: Failure, unfinished = false): readonly RunUpdate[] {
    if (this.#ended) return NONE;
    this.#ended = true;
    return [
      {
        type: 'ended',
        outcome: { succeeded: false, reason, message, ...(unfinished && { unfinished: true as const }) },
      },
    ];
  }

  #isOfCurrentAttempt({ attempt }: Frame): boolean {
    if (attempt === this.#attempt) return true;
    if (this.#past.has(attempt)) return false;
    if (this.#attempt !== undefined) this.#past.add(this.#attempt);
    this.#attempt = attempt;
    this.#nextSeq = 0;
    this.#gap = false;
    return true;
  }

  #isNext({ seq }: Frame): boolean {
    if (seq < this.#nextSeq || this.#gap) return false;
    this.#gap = seq > this.#nextSeq;
    this.#nextSeq = seq + 1;
    return !this.#gap;
  }

  #start(): readonly RunUpdate[] {
    if (this.#started) return NONE;
    this.#started = true;
    return [{ type: 'started' }];
  }

  #piece(frame: Exclude<Frame, ResultBody>): readonly RunUpdate[] {
    switch (frame.type) {
      case 'delta':
        return frame.text === '' ? NONE : this.#relay({ type: 'delta', text: frame.text });
      case 'tool_call_delta': {
        const { index, id, name, arguments: args } = frame;
        return this.#relay({
          type: 'tool_call_delta',
          index,
          ...(id !== undefined && { id }),
          ...(name !== undefined && { name }),
          ...(args !== undefined && { arguments: args }),
        });
      }
      case 'usage':
        this.#usage = frame.usage;
        return NONE;
      default:
        return NONE;
    }
  }

  #relay(update: Extract<RunUpdate, { type: 'delta' | 'tool_call_delta' }>): readonly RunUpdate[] {
    if (!this.#options.relay) return NONE;
    this.#relayedAttempt ??= this.#attempt;
    if (this.#relayedAttempt !== this.#attempt) return this.failed(failure('StreamBroken'));
    this.#relayed.add(update);
    return [update];
  }

  #result(frame: Frame & ResultBody): readonly RunUpdate[] {
    if (frame.status === 'ok') return this.#complete(answerOf(frame, this.#usage));
    // A stop may be a cancel, a deadline or a drained node, and a failed attempt may be tried again: status knows.
    if (frame.status === 'cancelled' || this.#options.retries) return NONE;
    return this.failed(agentFailure(frame.error));
  }

  #complete(answer: RunAnswer): readonly RunUpdate[] {
    const rest = this.#options.relay ? this.#relayed.rest(answer) : NONE;
    if (rest === undefined) return this.failed(failure('StreamBroken', 'the answer does not begin with what was sent'));
    this.#ended = true;
    return [...rest, { type: 'ended', outcome: { succeeded: true, answer } }];
  }
}

const answerOf = ({ text, finishReason, toolCalls, usage }: ResultBody, counted: Usage | undefined): RunAnswer => {
  const used = usage ?? counted;
  return { text, finishReason, toolCalls: toolCalls ?? [], ...(used && { usage: used }) };
};

interface RelayedCall {
  id: string;
  name: string;
  arguments: string;
}

/** What the caller already has of the answer. */
class RelayedAnswer {
  #text = '';
  readonly #calls = new Map<number, RelayedCall>();

  add(
    update: { readonly type: 'delta'; readonly text: string } | ({ readonly type: 'tool_call_delta' } & ToolCallDelta),
  ) {
    if (update.type === 'delta') {
      this.#text += update.text;
      return;
    }
    const call = this.#calls.get(update.index) ?? { id: '', name: '', arguments: '' };
    this.#calls.set(update.index, call);
    call.id ||= update.id ?? '';
    call.name += update.name ?? '';
    call.arguments += update.arguments ?? '';
  }

  /** What is missing of the whole answer; undefined when the answer is another one. */
  rest({ text, toolCalls }: RunAnswer): readonly RunUpdate[] | undefined {
    if (!text.startsWith(this.#text) || this.#calls.size > toolCalls.length) return undefined;
    const indexes = [...this.#calls.keys()].sort((a, b) => a - b);
    const free = Math.max(-1, ...indexes) + 1 - indexes.length;
    const updates: RunUpdate[] = [];
    if (text.length > this.#text.length) updates.push({ type: 'delta', text: text.slice(this.#text.length) });
    for (const [position, call] of toolCalls.entries()) {
      const index = indexes[position] ?? free + position;
      const rest = restOfCall(this.#calls.get(index), call);
      if (rest === undefined) return undefined;
      if (Object.keys(rest).length > 0) updates.push({ type: 'tool_call_delta', index, ...rest });
    }
    return updates;
  }
}

function restOfCall(relayed: RelayedCall | undefined, call: ToolCall): Omit<ToolCallDelta, 'index'> | undefined {
  const { name, arguments: args } = call.function;
  if (!relayed) return { id: call.id, name, arguments: args };
  const isSame = relayed.id === '' || relayed.id === call.id;
  if (!isSame || !name.startsWith(relayed.name) || !args.startsWith(relayed.arguments)) return undefined;
  return {
    ...(relayed.id === '' && { id: call.id }),
    ...(relayed.name !== name && { name: name.slice(relayed.name.length) }),
    ...(relayed.arguments !== args && { arguments: args.slice(relayed.arguments.length) }),
  };
}
