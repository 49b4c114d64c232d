import { AGENT_RUN, serverRunName, SYMPOZIUM_INSTANCE, SympoziumError, type AgentRun } from '@sympozium/api';
import { createInformer, isNotFound, type InformerDependencies, type KubeClient } from '@sympozium/kube';
import { findInstance, noInstance } from '../find-instance.js';
import { servingState, type NotServing, type Serving, type ServingState, type Trouble } from './serving-state.js';

export interface InstanceKey {
  readonly namespace: string;
  readonly name: string;
}

/** The instance's server as it is now. Throws `ENDPOINT_NOT_READY` with the reason when it does not serve. */
export async function findServing(client: KubeClient, key: InstanceKey): Promise<Serving> {
  const [instance, run] = await Promise.all([findInstance(client, key.namespace, key.name), serverRun(client, key)]);
  const state = servingState(instance, run);
  if (state.serving) return state;
  throw notServing(key.name, state);
}

async function serverRun(client: KubeClient, { namespace, name }: InstanceKey): Promise<AgentRun | undefined> {
  try {
    return await client.get(AGENT_RUN, { namespace, name: serverRunName(name) });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function notServing(name: string, state: NotServing, when = ''): SympoziumError {
  const next = state.next === undefined ? '' : ` ${state.next}`;
  return new SympoziumError('ENDPOINT_NOT_READY', `instance ${name} is not served${when}: ${sentenceOf(state)}${next}`);
}

/** Why a server does not answer, in one line. */
export const sentenceOf = ({ reason, message }: Trouble): string =>
  message.trim() === '' ? `${reason}.` : `${message.replace(/[.\s]+$/, '')} (${reason}).`;

export interface WaitOptions {
  /** Called with each state on the way. */
  readonly onState?: (state: ServingState) => void;
  /** Gives up with the signal’s reason. */
  readonly signal?: AbortSignal;
  /** Gives up with `ENDPOINT_NOT_READY` and what was the case then. */
  readonly timeoutMs?: number;
}

/** Waits until the instance's server answers. Throws at once where waiting is in vain. */
export async function whenServing(
  tools: InformerDependencies,
  key: InstanceKey,
  { onState, signal, timeoutMs }: WaitOptions = {},
): Promise<Serving> {
  const { namespace, name } = key;
  await findInstance(tools.client, namespace, name);
  const only = (object: string) => ({ namespace, fieldSelector: `metadata.name=${object}` });
  const instances = createInformer(tools, { kind: SYMPOZIUM_INSTANCE, ...only(name) });
  const runs = createInformer(tools, { kind: AGENT_RUN, ...only(serverRunName(name)) });
  const started = Promise.all([instances.start(), runs.start()]);
  const { promise, resolve, reject } = deferred<Serving>();
  let state: ServingState | undefined;
  const look = (): void => {
    if (!instances.synced || !runs.synced) return;
    const instance = instances.store.get(namespace, name);
    if (!instance) return reject(noInstance(key));
    state = servingState(instance, runs.store.get(namespace, serverRunName(name)));
    onState?.(state);
    if (state.serving && !state.trouble) resolve(state);
    if (!state.serving && state.final) reject(notServing(name, state));
  };
  const giveUp = (): void => reject(signal?.reason as Error);
  const timer = timeoutMs === undefined ? undefined : tools.clock.after(timeoutMs, () => reject(timedOut(key, state)));
  signal?.addEventListener('abort', giveUp, { once: true });
  instances.onEvent(look);
  runs.onEvent(look);
  started.then(look, reject);
  try {
    return await promise;
  } finally {
    timer?.cancel();
    signal?.removeEventListener('abort', giveUp);
    await Promise.all([instances.stop(), runs.stop()]);
  }
}

const UNSEEN: NotServing = {
  serving: false,
  final: false,
  reason: 'Waiting',
  message: 'the API server did not say how it is',
};

function timedOut({ name }: InstanceKey, state: ServingState = UNSEEN): SympoziumError {
  const when = ' in time';
  if (!state.serving) return notServing(name, state, when);
  return notServing(name, { ...UNSEEN, ...state.trouble }, when);
}

function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
