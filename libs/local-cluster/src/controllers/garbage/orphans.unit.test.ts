import type { KubeObject } from '@sympozium/api';
import { KubeError } from '@sympozium/kube';
import { expect, it } from 'vitest';
import { CONFIG_MAP, SERVICE_ACCOUNT } from '../shared/kinds.js';
import { idle, startTestControllers } from '../testing/test-controllers.js';

const at = (name: string) => ({ namespace: 'default', name });
const referenceTo = ({ apiVersion, kind, metadata }: KubeObject) => ({
  ...{ apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '' },
});

/** An owner that shall be orphaned, as the API server marks it, two dependents of it, and one that has another owner, too. */
async function startFamily() {
  const controllers = await startTestControllers();
  const { client, create } = controllers;
  await controllers.serve([SERVICE_ACCOUNT]);
  const owner = await create(CONFIG_MAP, { metadata: { ...at('owner'), finalizers: ['orphan'] } });
  const other = await create(CONFIG_MAP, { metadata: at('other') });
  const ownerReferences = [referenceTo(owner)];
  await create(CONFIG_MAP, { metadata: { ...at('child'), ownerReferences } });
  await create(SERVICE_ACCOUNT, { metadata: { ...at('account'), ownerReferences } });
  await create(CONFIG_MAP, {
    metadata: { ...at('shared'), ownerReferences: [...ownerReferences, referenceTo(other)] },
  });
  const ownersOf = (kind: typeof CONFIG_MAP | typeof SERVICE_ACCOUNT, name: string): unknown =>
    client.server.peek(kind, at(name))?.metadata.ownerReferences?.map((reference) => reference.name);
  return {
    ...controllers,
    remove: async (): Promise<void> => {
      await client.delete(CONFIG_MAP, at('owner'));
      await idle();
    },
    owner: () => client.server.peek(CONFIG_MAP, at('owner')),
    owners: () => [ownersOf(CONFIG_MAP, 'child'), ownersOf(SERVICE_ACCOUNT, 'account'), ownersOf(CONFIG_MAP, 'shared')],
  };
}

it('frees the dependents of every kind, keeps their other owners, and lets the owner go', async () => {
  const { remove, owner, owners, stop } = await startFamily();
  await remove();
  expect([owner(), owners()]).toEqual([undefined, [[], [], ['other']]]);
  await stop();
});

it('holds the owner until each dependent is free', async () => {
  const { client, remove, owner, owners, advance, stop } = await startFamily();
  const busy = new KubeError(503, 'ServiceUnavailable', 'busy');
  client.fail(({ verb, name }) => verb === 'patch' && name === 'account', busy);
  await remove();
  expect([owner()?.metadata.finalizers, owners()]).toEqual([['orphan'], [[], ['owner'], ['other']]]);
  await advance(60_000);
  expect([owner(), owners()]).toEqual([undefined, [[], [], ['other']]]);
  await stop();
});

it('looks again where a dependent was changed meanwhile, and minds none that went', async () => {
  const { client, remove, owner, owners, advance, stop } = await startFamily();
  const isPatchOf = (name: string) => (call: { verb: string; name?: string }) =>
    call.verb === 'patch' && call.name === name;
  const label = { type: 'merge', body: { metadata: { labels: { by: 'another' } } } } as const;
  client.intercept({
    matches: isPatchOf('child'),
    before: () => void client.server.patch(CONFIG_MAP, at('child'), label),
  });
  client.intercept({
    matches: isPatchOf('account'),
    before: () => client.server.delete(SERVICE_ACCOUNT, at('account')),
  });
  await remove();
  await advance(60_000);
  expect([owner(), owners()]).toEqual([undefined, [[], undefined, ['other']]]);
  expect(client.server.peek(CONFIG_MAP, at('child'))?.metadata.labels).toEqual({ by: 'another' });
  await stop();
});

it('leaves other finalizers to those who set them', async () => {
  const { client, remove, owner, owners, stop } = await startFamily();
  const finalizers = ['test/held', 'orphan'];
  await client.patch(CONFIG_MAP, at('owner'), { type: 'merge', body: { metadata: { finalizers } } });
  await remove();
  expect([owner()?.metadata.finalizers, owners()]).toEqual([['test/held'], [[], [], ['other']]]);
  await stop();
});
