import { API_VERSION, REFERENCE_AGENT_ENV, SYMPOZIUM_INSTANCE, type SympoziumInstance } from '@sympozium/api';
import type { KubeClient } from '@sympozium/kube';
import { WEB_ENDPOINT } from '../server/serving-state.js';

/** The demo instance. */
export const DEMO = { name: 'demo', namespace: 'default' } as const;
export const DEMO_QUESTION = 'Hello from the demo: every word of this answer came through a Job of its own.';

const MANIFEST = {
  apiVersion: API_VERSION,
  kind: SYMPOZIUM_INSTANCE.kind,
  metadata: DEMO,
  spec: {
    model: { provider: 'echo', name: 'echo' },
    skills: [{ skillPackRef: { name: WEB_ENDPOINT } }],
    // As fast as a model speaks, so that one sees it stream.
    runDefaults: { podTemplate: { env: [{ name: REFERENCE_AGENT_ENV.echoPaceMs, value: '40' }] } },
  },
};
/**
 * What `kubectl apply` takes for its own: with it, an example is applied without a warning, and what this names no
 * longer in the example goes. So it names the model alone: examples/server.yaml leaves the demo its pace.
 */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const APPLIED = { ...MANIFEST, spec: { model: MANIFEST.spec.model } };

/** Whether there is a demo instance. */
export async function hasDemoInstance(client: KubeClient): Promise<boolean> {
  const { items } = await client.list<SympoziumInstance>(SYMPOZIUM_INSTANCE, {
    namespace: DEMO.namespace,
    fieldSelector: `metadata.name=${DEMO.name}`,
  });
  return items.length > 0;
}

/** Makes the demo instance, served over HTTP and with the built-in echo provider; one that is there stays as it is. */
export async function ensureDemoInstance(client: KubeClient): Promise<void> {
  if (await hasDemoInstance(client)) return;
  const annotations = { [LAST_APPLIED]: JSON.stringify(APPLIED) };
  const instance = { ...MANIFEST, metadata: { ...MANIFEST.metadata, annotations } } as SympoziumInstance;
  await client.create(SYMPOZIUM_INSTANCE, instance, { fieldManager: 'sympozium-cli' });
}
