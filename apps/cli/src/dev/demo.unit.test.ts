import { SYMPOZIUM_INSTANCE } from '@sympozium/api';
import { FakeKubeClient } from '@sympozium/kube/testing';
import { expect, it, onTestFinished } from 'vitest';
import { ensureDemoInstance } from './demo.js';

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
