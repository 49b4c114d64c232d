import type { Clock } from '@sympozium/process';
import type { FrameBody, RunInput } from '@sympozium/run-protocol';
import type { Settings } from '../settings.js';

/** What a provider says: frames as they are, and in the end why the model stopped. */
export type ProviderEvent =
  | Extract<FrameBody, { type: 'delta' | 'tool_call_delta' | 'usage' }>
  | { readonly type: 'finish'; readonly reason: string };

interface ProviderContext {
  readonly settings: Settings;
  readonly clock: Clock;
  /** Aborts when the run is to end; the connection to the model then closes at once. */
  readonly signal: AbortSignal;
}

/** Gives the model's answer piece by piece, as it comes. Throws a SympoziumError that says why there is none. */
export type Provider = (input: RunInput, context: ProviderContext) => AsyncIterable<ProviderEvent>;
