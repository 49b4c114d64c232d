import { durationMs, SympoziumError } from '@sympozium/api';
import type { KubeClient } from '@sympozium/kube';
import { systemClock, type Clock, type Timer } from '@sympozium/process';
import { nextSignal } from '../signals.js';
import { informerTools } from '../cluster.js';
import { findServing, sentenceOf, whenServing } from '../server/find-serving.js';
import type { Serving, ServingState } from '../server/serving-state.js';
import type { ClusterOptions } from './options.js';

/** Options of commands about a served instance. */
export interface ServedOptions extends ClusterOptions {
  /** Entry of the key Secret. */
  readonly key?: string;
}

export interface WaitOptions {
  /** true: as long as it takes; a duration: no longer. */
  readonly wait?: boolean | string;
}

/** The instance's server, at once or once it answers. What is wrong with one that serves is told. */
export async function served(client: KubeClient, name: string, options: ServedOptions & WaitOptions): Promise<Serving> {
  const key = { namespace: options.namespace, name };
  const { wait = false } = options;
  const state = wait === false ? await findServing(client, key) : await waited(client, key, waitMs(wait));
  if (state.trouble) tell(`! ${sentenceOf(state.trouble)}`);
  return state;
}

async function waited(client: KubeClient, key: { namespace: string; name: string }, timeoutMs?: number) {
  const ctrlC = nextSignal();
  try {
    return await whenServing(informerTools(client), key, {
      onState: tellChanges(systemClock, (text) => tell(`· ${text}`)),
      signal: ctrlC.aborted,
      ...(timeoutMs !== undefined && { timeoutMs }),
    });
  } catch (error) {
    if (!ctrlC.aborted.aborted) throw error;
    throw new SympoziumError('Cancelled', 'the wait was given up.', { cause: error });
  } finally {
    ctrlC.forget();
  }
}

function waitMs(wait: boolean | string): number | undefined {
  if (typeof wait === 'boolean') return undefined;
  try {
    return durationMs(wait);
  } catch (error) {
    throw new SympoziumError('USAGE', `--wait is ${(error as Error).message}.`, { cause: error });
  }
}

/** What lasts no longer than this is no news. */
const PASSING_MS = 300;

/** Tells each state that lasts, in words, once; one that ends the wait is an error's to tell. */
export function tellChanges(clock: Clock, say: (text: string) => void): (state: ServingState) => void {
  let last = '';
  let timer: Timer | undefined;
  return (state) => {
    const text = describe(state);
    if (text === last) return;
    last = text;
    timer?.cancel();
    if (!state.serving && state.final) return; // who waits is told so
    if (state.serving && !state.trouble) say(text);
    else timer = clock.after(PASSING_MS, () => say(text));
  };
}

function describe(state: ServingState): string {
  const trouble = state.serving ? state.trouble : state;
  const phase = state.serving ? 'Serving' : 'Pending';
  return trouble ? `${phase}: ${sentenceOf(trouble)}` : phase;
}

const tell = (text: string): void => void process.stderr.write(`${text}\n`);
