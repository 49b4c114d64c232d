import { LIMIT, SympoziumError, type ToolCall, type Usage } from '@sympozium/api';
import { toValidUtf8, type FrameBody, type ResultBody } from '@sympozium/run-protocol';
import type { ProviderEvent } from './providers/provider.js';

type ToolCallDelta = Extract<ProviderEvent, { type: 'tool_call_delta' }>;
interface Call {
  id: string;
  name: string;
  arguments: string[];
}

/** What an AgentRun's status takes. */
const MAX_REASON = 64;
const MAX_NAME = 256;
const MAX_CALLS = 256;

const REPLACEMENT = '\ufffd';
const HIGH_SURROGATE_AT_END = /[\ud800-\udbff]$/;

/** What the model has said so far, whole at any moment. */
export class Transcript {
  readonly #text: string[] = [];
  readonly #calls = new Map<number, Call>();
  /** Half a character at the end of a piece waits here for its other half. */
  #half = '';
  #bytes = 0;
  #usage: Usage | undefined;
  #finishReason: string | undefined;

  /** Takes what the provider said; returns the frame that says it, if one is due. */
  add(event: ProviderEvent): FrameBody | undefined {
    switch (event.type) {
      case 'delta':
        return this.#addText(event.text);
      case 'tool_call_delta':
        return this.#addCall(event);
      case 'usage':
        this.#usage = event.usage;
        return event;
      case 'finish':
        this.#finishReason = event.reason.slice(0, MAX_REASON);
        return this.#endText();
    }
  }

  /** The result as it stands. */
  result(end: Pick<ResultBody, 'status' | 'error'> & { readonly finishReason?: string }): ResultBody {
    // Half a call is worse than none.
    const toolCalls = end.status === 'ok' ? this.#toolCalls() : [];
    return {
      type: 'result',
      text: toValidUtf8(this.#text.join('')),
      finishReason: this.#finishReason ?? 'stop',
      ...(toolCalls.length > 0 && { toolCalls }),
      ...(this.#usage && { usage: this.#usage }),
      ...end,
    };
  }

  #addText(piece: string): FrameBody | undefined {
    const joined = this.#half + piece;
    this.#half = HIGH_SURROGATE_AT_END.exec(joined)?.[0] ?? '';
    const text = joined.slice(0, joined.length - this.#half.length);
    if (text === '') return undefined;
    this.#count(text);
    this.#text.push(text);
    return { type: 'delta', text };
  }

  /** No other half comes any more. */
  #endText(): FrameBody | undefined {
    if (this.#half === '') return undefined;
    this.#half = '';
    return this.#addText(REPLACEMENT);
  }

  #addCall(delta: ToolCallDelta): FrameBody {
    const { index, id = `call_${index}`, name = '', arguments: piece = '' } = delta;
    this.#count(piece);
    const known = this.#calls.get(index);
    const call = known ?? { id, name: '', arguments: [] };
    this.#calls.set(index, call);
    call.name ||= name;
    call.arguments.push(piece);
    this.#checkCall(call);
    return known ? delta : { ...delta, id };
  }

  #checkCall({ id, name }: Call): void {
    if (this.#calls.size <= MAX_CALLS && id.length <= MAX_NAME && name.length <= MAX_NAME) return;
    throw new SympoziumError(
      'ModelError',
      `the model made more than ${MAX_CALLS} tool calls, or one whose id or name is longer than ${MAX_NAME} characters; try another model`,
    );
  }

  #toolCalls(): ToolCall[] {
    return [...this.#calls.entries()]
      .sort(([a], [b]) => a - b)
      .map(([, { id, name, arguments: pieces }]) => ({
        id,
        type: 'function',
        function: { name, arguments: pieces.join('') },
      }));
  }

  #count(text: string): void {
    this.#bytes += Buffer.byteLength(text);
    if (this.#bytes > LIMIT.result)
      throw new SympoziumError(
        'ResultTooLarge',
        'the model was stopped after 1 MiB; ask it for less, or limit its tokens',
      );
  }
}
