import { SYMPOZIUM_INSTANCE, type Kind } from '@sympozium/api';
import { FakeKubeClient } from '@sympozium/kube/testing';
import { expect, it, onTestFinished } from 'vitest';
import { ensureDemoInstance } from './demo.js';

const SECRET: Kind = { apiVersion: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true };
const KEY = { namespace: 'default', name: 'demo' };

it('makes an instance that answers without a model, at a pace that one sees, and leaves a user’s changes alone', async () => {
  const client = new FakeKubeClient();
  onTestFinished(() => client.close());
  await ensureDemoInstance(client);
  expect((await client.get(SYMPOZIUM_INSTANCE, KEY)).spec).toMatchObject({
    model: { provider: 'echo' },
    skills: [{ skillPackRef: { name: 'web-endpoint' } }],
    runDefaults: { podTemplate: { env: [{ name: 'SYMPOZIUM_ECHO_PACE_MS', value: '40' }] } },
  });

  const changed = { spec: { model: { provider: 'openai', name: 'gpt-5-mini' } } };
  await client.patch(SYMPOZIUM_INSTANCE, KEY, { type: 'merge', body: changed });
  await ensureDemoInstance(client);
  expect((await client.get(SYMPOZIUM_INSTANCE, KEY)).spec.model.provider).toBe('openai');
});

it('is one that kubectl can apply to, and to which an example leaves its skill', async () => {
  const client = new FakeKubeClient();
  onTestFinished(() => client.close());
  await ensureDemoInstance(client);
  const { metadata, spec } = await client.get(SYMPOZIUM_INSTANCE, KEY);
  const applied = metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration'] ?? '';
  expect(JSON.parse(applied)).toMatchObject({ kind: 'SympoziumInstance', metadata: KEY });
  expect((JSON.parse(applied) as { spec: unknown }).spec).toEqual({ model: spec.model });
});

it('gives the demo a model that was chosen, with its key in a Secret, and takes all of the former one away', async () => {
  const client = new FakeKubeClient();
  onTestFinished(() => client.close());
  await ensureDemoInstance(client);
  const spec = { provider: 'openai', name: 'gpt-5-mini', baseURL: 'https://api.openai.com/v1' };
  await ensureDemoInstance(client, { spec, apiKey: 'sk-secret' });
  const withKey = await client.get(SYMPOZIUM_INSTANCE, KEY);
  expect(withKey.spec.model).toEqual({ ...spec, authSecretRef: { name: 'demo-model', key: 'api-key' } });
  expect(JSON.stringify(withKey)).not.toContain('sk-secret');
  expect(await client.get(SECRET, { namespace: 'default', name: 'demo-model' })).toMatchObject({
    data: { 'api-key': Buffer.from('sk-secret').toString('base64') },
  });

  const local = { provider: 'openai', name: 'smollm2', baseURL: 'http://127.0.0.1:11434/v1' };
  await ensureDemoInstance(client, { spec: local });
  expect((await client.get(SYMPOZIUM_INSTANCE, KEY)).spec.model).toEqual(local);
  await ensureDemoInstance(client);
  expect((await client.get(SYMPOZIUM_INSTANCE, KEY)).spec.model).toEqual(local);
});
