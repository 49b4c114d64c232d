import { LABEL, POD, type AgentRun, type Kind, type KubeObject } from '@sympozium/api';
import { createInformer, type InformerDependencies, type KubeClient } from '@sympozium/kube';
import { delay } from '@sympozium/process';
import { FrameLines, type Frame } from '@sympozium/run-protocol';
import { Mailbox } from './mailbox.js';

interface Pod extends KubeObject {
  readonly status?: {
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly state?: { readonly running?: object; readonly terminated?: object };
    }[];
  };
}

const PODS: Kind<Pod> = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };

const RETRY_MS = 250;
const LOG_ATTEMPTS = 8;

/** A run's frames from the logs of its Pods, one attempt after the other, on any cluster. Ends with the signal. */
export async function* podLogFrames(
  dependencies: InformerDependencies,
  run: AgentRun,
  signal: AbortSignal,
): AsyncGenerator<Frame, void, undefined> {
  const started = new Mailbox<Pod>();
  const seen = new Set<string>();
  const { namespace, uid = '' } = run.metadata;
  const informer = createInformer(dependencies, {
    kind: PODS,
    ...(namespace !== undefined && { namespace }),
    labelSelector: `${LABEL.runUid}=${uid}`,
  });
  informer.onEvent(({ type, object }) => {
    const { uid: podUid = '' } = object.metadata;
    if (type === 'deleted' || seen.has(podUid) || !hasStarted(object)) return;
    seen.add(podUid);
    started.push(object);
  });
  const onAbort = (): void => started.close(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  informer.start().catch(onAbort); // it was stopped before it had synced
  try {
    while (!signal.aborted) yield* logFrames(dependencies, await started.take(), signal);
  } finally {
    signal.removeEventListener('abort', onAbort);
    await informer.stop();
  }
}

function hasStarted({ status }: Pod): boolean {
  const state = status?.containerStatuses?.find(({ name }) => name === POD.agentContainer)?.state;
  return state?.running !== undefined || state?.terminated !== undefined;
}

/** A log that breaks off is read again from its beginning; its readers know frames by their numbers. */
async function* logFrames(
  { client, clock, log }: InformerDependencies,
  { metadata: { name, namespace } }: Pod,
  signal: AbortSignal,
): AsyncGenerator<Frame, void, undefined> {
  const key = namespace === undefined ? { name } : { namespace, name };
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      return yield* readLog(client, key, signal);
    } catch (error) {
      if (attempt === LOG_ATTEMPTS) throw error;
      log.debug({ err: error, pod: name }, 'log broke off, reading it again');
      await delay(clock, RETRY_MS, signal);
    }
  }
}

async function* readLog(
  client: KubeClient,
  pod: { readonly namespace?: string; readonly name: string },
  signal: AbortSignal,
): AsyncGenerator<Frame, void, undefined> {
  const stream = await client.logs(pod, { container: POD.agentContainer, follow: true, signal });
  const lines = new FrameLines();
  for await (const chunk of stream) yield* lines.push(chunk as Uint8Array);
  yield* lines.end();
}
