import {
  API_VERSION,
  REFERENCE_AGENT_ENV,
  SYMPOZIUM_INSTANCE,
  SympoziumError,
  type SympoziumInstance,
} from '@sympozium/api';
import type { KubeClient } from '@sympozium/kube';
import { EventSourceParserStream } from 'eventsource-parser/stream';

const DEMO = { name: 'demo', namespace: 'default' } as const;

/** Model id of the demo: the instance’s name. */
export const DEMO_MODEL = DEMO.name;
const DEMO_QUESTION = 'Hello from the demo: every word of this answer came through a Job of its own.';

const MANIFEST = {
  apiVersion: API_VERSION,
  kind: SYMPOZIUM_INSTANCE.kind,
  metadata: DEMO,
  spec: {
    model: { provider: 'echo', name: 'echo' },
    // As fast as a model speaks, so that one sees it stream.
    runDefaults: { podTemplate: { env: [{ name: REFERENCE_AGENT_ENV.echoPaceMs, value: '40' }] } },
  },
};
/** As `kubectl create --save-config` leaves it, so that `kubectl apply -f examples/` needs no warning. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Makes the demo instance with the built-in echo provider; one that is there already stays as it is. */
export async function ensureDemoInstance(client: KubeClient): Promise<void> {
  const { items } = await client.list<SympoziumInstance>(SYMPOZIUM_INSTANCE, {
    namespace: DEMO.namespace,
    fieldSelector: `metadata.name=${DEMO.name}`,
  });
  if (items.length > 0) return;
  const annotations = { [LAST_APPLIED]: JSON.stringify(MANIFEST) };
  const instance = { ...MANIFEST, metadata: { ...MANIFEST.metadata, annotations } } as SympoziumInstance;
  await client.create(SYMPOZIUM_INSTANCE, instance, { fieldManager: 'sympozium-cli' });
}

/** Sends one streaming chat completion and hands each delta on as it comes. */
export async function askDemo(
  endpoint: string,
  apiKey: string,
  onDelta: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const response = await fetch(`${endpoint}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: DEMO_MODEL,
      stream: true,
      messages: [{ role: 'user', content: DEMO_QUESTION }],
    }),
    signal,
  });
  if (!response.ok || !response.body)
    throw new SympoziumError('run_failed', `the demo request got ${response.status}: ${await response.text()}`);
  const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { data } of events) {
    if (data === '[DONE]') return;
    const text = deltaOf(data);
    if (text) onDelta(text);
  }
  throw new SympoziumError('run_failed', 'the demo answer broke off; the logs in the data folder say why.');
}

function deltaOf(data: string): string | undefined {
  const chunk = JSON.parse(data) as {
    choices?: { delta?: { content?: string | null } }[];
    error?: { message?: string };
  };
  if (chunk.error) throw new SympoziumError('run_failed', `the demo run failed: ${chunk.error.message ?? data}`);
  return chunk.choices?.[0]?.delta?.content ?? undefined;
}
