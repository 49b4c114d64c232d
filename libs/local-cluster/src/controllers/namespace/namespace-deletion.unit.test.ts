import { expect, it } from 'vitest';
import { CONFIG_MAP, NAMESPACE, SERVICE_ACCOUNT } from '../shared/kinds.js';
import { idle, startTestControllers } from '../testing/test-controllers.js';

const CONTENT = { namespace: 'n', name: 'kube-root-ca.crt' };

it('a namespace gets its account and certificate, and again when they go', async () => {
  const { client, create, stop } = await startTestControllers();
  await create(NAMESPACE, { metadata: { name: 'n' }, spec: { finalizers: ['kubernetes'] } });
  expect(client.server.peek(SERVICE_ACCOUNT, { namespace: 'n', name: 'default' })).toBeDefined();
  await client.patch(CONFIG_MAP, CONTENT, { type: 'merge', body: { data: { 'ca.crt': 'forged' } } });
  await idle();
  expect(client.server.peek(CONFIG_MAP, CONTENT)?.data).toEqual({ 'ca.crt': 'PEM' });
  await client.delete(CONFIG_MAP, CONTENT);
  await idle();
  expect(client.server.peek(CONFIG_MAP, CONTENT)?.data).toEqual({ 'ca.crt': 'PEM' });
  await stop();
});

it('a namespace is emptied, tells what keeps it, and is finalized', async () => {
  const { client, create, stop } = await startTestControllers();
  const metadata = { name: 'n', finalizers: ['example.com/api-server'] }; // stands for spec.finalizers, which it obeys
  await create(NAMESPACE, { metadata, spec: { finalizers: ['kubernetes'] } });
  const held = { namespace: 'n', name: 'held' };
  await create(CONFIG_MAP, { metadata: { ...held, finalizers: ['example.com/hold'] } });
  const finalized: unknown[] = [];
  client.onRaw('PUT', '/api/v1/namespaces/n/finalize', (body) => finalized.push(body));
  await client.delete(NAMESPACE, { name: 'n' });
  await idle();
  expect(client.server.objects(CONFIG_MAP, 'n')).toHaveLength(1);
  const messages = client.server.peek(NAMESPACE, { name: 'n' })?.status?.conditions?.map(({ message }) => message);
  expect(messages?.slice(3)).toEqual([
    'Some resources are remaining: configmaps. has 1 resource instances',
    'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
  ]);
  expect(finalized).toEqual([]);
  await client.patch(CONFIG_MAP, held, { type: 'merge', body: { metadata: { finalizers: null } } });
  await idle();
  expect(finalized[0]).toMatchObject({ metadata: { name: 'n' }, spec: { finalizers: [] } });
  await stop();
});
