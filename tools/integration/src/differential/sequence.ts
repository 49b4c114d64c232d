import type { ApiAnswer, ApiCall, ApiUnderTest } from './api-call.js';
import { Normaliser } from './normalise.js';

/** A call, or one made of the answers so far, e.g. of a resourceVersion among them. */
export type Step = ApiCall | ((answers: readonly ApiAnswer[]) => ApiCall);

/** Calls one after another, in a namespace of their own. */
export interface Sequence {
  readonly name: string;
  readonly steps: readonly Step[];
  /** Collections (paths with `{ns}`) whose events since the beginning are compared at the end. */
  readonly watched?: readonly string[];
}

/** What two servers have to agree on. */
export interface Transcript {
  readonly answers: readonly unknown[];
  readonly events: readonly unknown[];
}

const WATCH_SECONDS = 1;

/** Plays a sequence and writes down what the server says, free of what each server chooses for itself. */
export async function transcribe(api: ApiUnderTest, sequence: Sequence, namespace: string): Promise<Transcript> {
  const normaliser = new Normaliser(namespace);
  const { body } = await api.call({ method: 'POST', path: '/api/v1/namespaces', body: namespaceNamed(namespace) });
  const { resourceVersion } = (body as { metadata: { resourceVersion: string } }).metadata;
  await api.call({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts`,
    body: { metadata: { name: 'default' } },
  });
  const answers: ApiAnswer[] = [];
  for (const step of sequence.steps) {
    const call = typeof step === 'function' ? step(answers) : step;
    answers.push(await api.call(inNamespace(call, namespace)));
  }
  const events: unknown[] = [];
  for (const path of sequence.watched ?? []) {
    const query = `watch=true&resourceVersion=${resourceVersion}&timeoutSeconds=${WATCH_SECONDS}`;
    const watch = inNamespace({ method: 'GET', path: `${path}?${query}` }, namespace);
    events.push((await api.call(watch)).body);
  }
  return {
    answers: answers.map((answer) => normaliser.normalise(answer)),
    events: events.map((event) => normaliser.normalise(event)),
  };
}

const namespaceNamed = (name: string): object => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

const inNamespace = (call: ApiCall, namespace: string): ApiCall => ({
  ...call,
  path: call.path.replaceAll('{ns}', namespace),
});

/** An object of an answer, for the steps after it. */
export const objectOf = (
  answer: ApiAnswer | undefined,
): { metadata: { resourceVersion: string; uid: string; name: string } } => answer?.body as never;
