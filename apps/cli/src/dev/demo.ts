import {
  API_VERSION,
  REFERENCE_AGENT_ENV,
  SYMPOZIUM_INSTANCE,
  type Kind,
  type SympoziumInstance,
} from '@sympozium/api';
import type { KubeClient } from '@sympozium/kube';
import { isDeepStrictEqual } from 'node:util';
import { WEB_ENDPOINT } from '../server/serving-state.js';
import { MODEL_SECRET, type DemoModel } from './demo-model.js';

type Model = SympoziumInstance['spec']['model'];

/** The demo instance. */
export const DEMO = { name: 'demo', namespace: 'default' } as const;
export const DEMO_QUESTION = 'Hello from the demo: every word of this answer came through a Job of its own.';

const ECHO: DemoModel = { spec: { provider: 'echo', name: 'echo' } };
/** As fast as a model speaks, so that one sees it stream. */
const ECHO_PACE = { name: REFERENCE_AGENT_ENV.echoPaceMs, value: '40' };
/**
 * What `kubectl apply` takes for its own: with it, an example is applied without a warning, and what this names no
 * longer in the example goes. So it names the model alone: examples/server.yaml leaves the demo its pace.
 */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

const SECRET: Kind = { apiVersion: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true };
const MANAGER = { fieldManager: 'sympozium-cli' };

/** Whether there is a demo instance. */
export async function hasDemoInstance(client: KubeClient): Promise<boolean> {
  return (await findDemo(client)) !== undefined;
}

/**
 * Makes the demo instance, served over HTTP, with the model that was chosen or else the built-in echo provider. One
 * that is there gets a chosen model, and otherwise stays as it is. Resolves with the model it has.
 */
export async function ensureDemoInstance(client: KubeClient, chosen?: DemoModel): Promise<Model> {
  const { spec: wanted, apiKey } = chosen ?? ECHO;
  if (apiKey !== undefined) await keepKey(client, apiKey);
  const model = { ...wanted, ...(apiKey !== undefined && { authSecretRef: MODEL_SECRET }) };
  const existing = await findDemo(client);
  if (!existing) await client.create(SYMPOZIUM_INSTANCE, manifestOf(model), MANAGER);
  else if (!chosen) return existing.spec.model;
  else if (!isDeepStrictEqual(existing.spec.model, model)) await setModel(client, existing, model);
  return model;
}

function manifestOf(model: Model): SympoziumInstance {
  const head = { apiVersion: API_VERSION, kind: SYMPOZIUM_INSTANCE.kind };
  const applied = { ...head, metadata: DEMO, spec: { model } };
  const spec = {
    model,
    skills: [{ skillPackRef: { name: WEB_ENDPOINT } }],
    runDefaults: { podTemplate: { env: [ECHO_PACE] } },
  };
  return {
    ...head,
    metadata: { ...DEMO, annotations: { [LAST_APPLIED]: JSON.stringify(applied) } },
    spec,
  } as SympoziumInstance;
}

/** The model as a whole: what the former one had besides, goes. */
async function setModel(client: KubeClient, { metadata }: SympoziumInstance, model: Model): Promise<void> {
  const body = [
    { op: 'test', path: '/metadata/uid', value: metadata.uid },
    { op: 'replace', path: '/spec/model', value: model },
  ];
  await client.patch(SYMPOZIUM_INSTANCE, DEMO, { type: 'json', body }, MANAGER);
}

async function keepKey(client: KubeClient, apiKey: string): Promise<void> {
  const { name, key } = MODEL_SECRET;
  const metadata = { name, namespace: DEMO.namespace };
  const body = { apiVersion: 'v1', kind: 'Secret', metadata, data: { [key]: Buffer.from(apiKey).toString('base64') } };
  await client.patch(SECRET, metadata, { type: 'apply', body, force: true }, MANAGER);
}

async function findDemo(client: KubeClient): Promise<SympoziumInstance | undefined> {
  const { items } = await client.list<SympoziumInstance>(SYMPOZIUM_INSTANCE, {
    namespace: DEMO.namespace,
    fieldSelector: `metadata.name=${DEMO.name}`,
  });
  return items[0];
}
