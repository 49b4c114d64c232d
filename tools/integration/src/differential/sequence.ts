import { delay, systemClock } from '@sympozium/process';
import type { ApiAnswer, ApiCall, ApiUnderTest } from './api-call.js';
import { Normaliser } from './normalise.js';

/** A call, or one made of the answers so far, e.g. of a resourceVersion among them. */
export type Step = ApiCall | ((answers: readonly ApiAnswer[]) => ApiCall);

/** Calls one after another, in a namespace of their own. */
export interface Sequence {
  readonly name: string;
  readonly steps: readonly Step[];
  /** Asked while the steps are played; `{version}` is that of before the first. */
  readonly meanwhile?: readonly ApiCall[];
  /** Asked after the last step, all at once. */
  readonly afterwards?: readonly Step[];
  /** Collections (paths with `{ns}`) whose events since the beginning are compared at the end. */
  readonly watched?: readonly string[];
  /**
   * false: versions are not compared, for sequences that apply the same again. The real server sometimes makes a new
   * version of such an object, when a second has begun between the two (docs/embedded-api.md).
   */
  readonly versions?: false;
}

/** What two servers have to agree on. */
export interface Transcript {
  readonly answers: readonly unknown[];
  readonly events: readonly unknown[];
}

const WATCH_SECONDS = 1;
const SETTLE_MS = 10_000;
const SETTLE_POLL_MS = 20;

/** Plays a sequence and writes down what the server says, free of what each server chooses for itself. */
export async function transcribe(api: ApiUnderTest, sequence: Sequence, namespace: string): Promise<Transcript> {
  const normaliser = new Normaliser(namespace, sequence.versions ?? true);
  const { body } = await api.call({ method: 'POST', path: '/api/v1/namespaces', body: namespaceNamed(namespace) });
  const { resourceVersion } = (body as { metadata: { resourceVersion: string } }).metadata;
  await api.call({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts`,
    body: { metadata: { name: 'default' } },
  });
  const answers: ApiAnswer[] = [];
  const played: Played[] = [];
  const play = async (step: Step): Promise<Played> => {
    const call = inNamespace(typeof step === 'function' ? step(answers) : step, namespace, resourceVersion);
    return { call, answer: await settled(api, call) };
  };
  const meanwhile = Promise.all((sequence.meanwhile ?? []).map(play));
  for (const step of sequence.steps) {
    const one = await play(step);
    played.push(one);
    answers.push(one.answer);
  }
  played.push(...(await meanwhile), ...(await Promise.all((sequence.afterwards ?? []).map(play))));
  const transcript = played.map(({ call: { compared = (body) => body }, answer }) =>
    normaliser.normalise({ ...answer, body: compared(answer.body) }),
  );
  const events: unknown[] = [];
  for (const path of sequence.watched ?? []) {
    const query = `watch=true&resourceVersion=${resourceVersion}&timeoutSeconds=${WATCH_SECONDS}`;
    const watch = inNamespace({ method: 'GET', path: `${path}?${query}` }, namespace, resourceVersion);
    events.push((await api.call(watch)).body);
  }
  return {
    answers: transcript,
    events: events.map((event) => normaliser.normalise(event)),
  };
}

const namespaceNamed = (name: string): object => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

interface Played {
  readonly call: ApiCall;
  readonly answer: ApiAnswer;
}

function inNamespace(call: ApiCall, namespace: string, version: string): ApiCall {
  const path = call.path.replaceAll('{ns}', namespace).replaceAll('{version}', version);
  if (call.body === undefined || typeof call.body === 'string') return { ...call, path };
  const body = JSON.parse(JSON.stringify(call.body).replaceAll('{ns}', namespace)) as unknown;
  return { ...call, path, body };
}

/** The first answer that is as the call waits for, or the last one. */
async function settled(api: ApiUnderTest, call: ApiCall): Promise<ApiAnswer> {
  const { until: isSettled = () => true } = call;
  const deadline = systemClock.now() + SETTLE_MS;
  for (;;) {
    const answer = await api.call(call);
    if (isSettled(answer) || systemClock.now() > deadline) return answer;
    await delay(systemClock, SETTLE_POLL_MS);
  }
}

/** An object of an answer, for the steps after it. */
export const objectOf = (
  answer: ApiAnswer | undefined,
): { metadata: { resourceVersion: string; uid: string; name: string } } => answer?.body as never;
