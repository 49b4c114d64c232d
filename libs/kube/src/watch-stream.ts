import type { KubeObject } from '@sympozium/api';
import type { WatchEvent } from './client.js';
import { errorOfStatus, parseJson, type Status } from './responses.js';

const NEWLINE = 0x0a;
const BROKEN_OFF = 'the watch broke off in mid-event';

/** Cuts a byte stream at newlines; a character split over two chunks stays whole. The last line may lack its end. */
export async function* lines(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let pending: Uint8Array[] = [];
  for await (const chunk of stream) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      pending.push(chunk.subarray(from, at));
      yield decoder.decode(joined(pending));
      pending = [];
      from = at + 1;
    }
    if (from < chunk.length) pending.push(chunk.subarray(from));
  }
  if (pending.length > 0) yield decoder.decode(joined(pending));
}

const joined = (parts: Uint8Array[]): Uint8Array => (parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts));

interface RawEvent {
  readonly type: string;
  readonly object: unknown;
}

/** Events of a watch response. An ERROR event (410 Gone among them) is thrown as `KubeError`. */
export async function* decodeWatch<T extends KubeObject>(
  stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<WatchEvent<T>> {
  for await (const line of lines(stream)) {
    const event = line.trim() === '' ? undefined : watchEvent<T>(parseJson(line, BROKEN_OFF) as RawEvent);
    if (event) yield event;
  }
}

/** The event, or nothing for a type that nobody knows yet. */
function watchEvent<T extends KubeObject>({ type, object }: RawEvent): WatchEvent<T> | undefined {
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, object: object as T };
    case 'BOOKMARK':
      return { type, resourceVersion: (object as KubeObject).metadata.resourceVersion ?? '' };
    case 'ERROR':
      throw errorOfStatus(object as Status);
    default:
      return undefined;
  }
}
