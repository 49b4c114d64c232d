import { serverRunName, SympoziumError } from '@sympozium/api';
import { text } from 'node:stream/consumers';
import { ask } from '../chat/ask.js';
import { Conversation } from '../chat/conversation.js';
import { talk } from '../chat/talk.js';
import { connect } from '../cluster.js';
import { answers } from '../server/answers.js';
import { findEndpoint, type Endpoint } from '../server/find-endpoint.js';
import { nextSignal } from '../signals.js';
import { tunnelTo } from '../tunnel/tunnel-to.js';
import { served, type ServedOptions } from './served.js';

export interface ChatOptions extends ServedOptions {
  readonly message?: string;
}

/** `sympozium chat INSTANCE`: a conversation through the instance's endpoint, or one message and its answer. */
export async function chat(name: string, options: ChatOptions): Promise<void> {
  const message = await oneMessage(options);
  const client = await connect(options);
  const tunnel = tunnelTo(client, { namespace: options.namespace, name: serverRunName(name) }, options);
  try {
    const serving = await served(client, name, options);
    const endpoint = await findEndpoint(client, serving, { key: options.key, now: Date.now() });
    const near = await isNear(endpoint);
    if (!near) await tunnel.open(0);
    const call = { origin: near ? endpoint.origin : tunnel.origin, apiKey: endpoint.apiKey, model: name };
    const conversation = new Conversation((messages, signal) => ask(call, messages, signal));
    if (message !== undefined) await say(conversation, message);
    else await talk(conversation, { input: process.stdin, output: process.stdout });
  } finally {
    await tunnel.close();
    await client.close();
  }
}

/** What shall be said once; nothing where somebody sits at a terminal. */
async function oneMessage({ message }: ChatOptions): Promise<string | undefined> {
  const once = message ?? (process.stdin.isTTY ? undefined : await text(process.stdin));
  if (once?.trim() === '') throw new SympoziumError('USAGE', 'the message is empty. Say something.');
  return once;
}

const PATIENCE_MS = 3_000;
const NEVER = new AbortController().signal;

/** Whether the address leads to the server from this machine. */
const isNear = async (endpoint: Endpoint): Promise<boolean> =>
  endpoint.reach !== 'cluster' && answers(endpoint, NEVER, PATIENCE_MS);

/** One message: the answer alone goes to stdout. */
async function say(conversation: Conversation, message: string): Promise<void> {
  const ctrlC = nextSignal();
  let last = '\n';
  try {
    for await (const piece of conversation.say(message, ctrlC.aborted)) process.stdout.write((last = piece));
  } finally {
    if (!last.endsWith('\n')) process.stdout.write('\n');
    ctrlC.forget();
  }
  if (ctrlC.aborted.aborted) throw new SympoziumError('Cancelled', 'the answer was cancelled.');
}
