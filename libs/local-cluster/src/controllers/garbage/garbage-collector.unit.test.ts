import type { Kind, KubeObject } from '@sympozium/api';
import { expect, it } from 'vitest';
import { CONFIG_MAP } from '../shared/kinds.js';
import { idle, startTestControllers } from '../testing/test-controllers.js';

const WIDGET: Kind = { apiVersion: 'example.com/v1', kind: 'Widget', plural: 'widgets', namespaced: true };
const at = (name: string) => ({ namespace: 'default', name });
const ownedBy = (owner: KubeObject, more: object = {}) => ({
  ownerReferences: [
    { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.metadata.name, uid: owner.metadata.uid, ...more },
  ],
});

it('collects what names an owner that never was, or another one of that name', async () => {
  const { client, create, stop } = await startTestControllers();
  const owner = await create(CONFIG_MAP, { metadata: at('owner') });
  await create(CONFIG_MAP, { metadata: { ...at('kept'), ...ownedBy(owner) } });
  await create(CONFIG_MAP, { metadata: { ...at('lost'), ...ownedBy(owner, { name: 'nobody', uid: 'x' }) } });
  await create(CONFIG_MAP, { metadata: { ...at('other'), ...ownedBy(owner, { uid: 'y' }) } });
  expect(client.server.objects(CONFIG_MAP, 'default').map(({ metadata }) => metadata.name)).toEqual(['kept', 'owner']);
  await stop();
});

it('collects dependents of a deleted owner, of kinds that came later, too', async () => {
  const { client, create, serve, stop } = await startTestControllers();
  await serve([WIDGET]);
  const owner = await create(WIDGET, { metadata: at('owner') });
  const child = await create(WIDGET, { metadata: { ...at('child'), ...ownedBy(owner) } });
  await create(CONFIG_MAP, { metadata: { ...at('grandchild'), ...ownedBy(child) } });
  await client.delete(WIDGET, at('owner'));
  await idle();
  expect([client.server.objects(WIDGET), client.server.objects(CONFIG_MAP, 'default')]).toEqual([[], []]);
  await stop();
});

it('takes a gone owner out of the references while another is left', async () => {
  const { client, create, stop } = await startTestControllers();
  const [one, two] = [
    await create(CONFIG_MAP, { metadata: at('one') }),
    await create(CONFIG_MAP, { metadata: at('two') }),
  ];
  const ownerReferences = [...ownedBy(one).ownerReferences, ...ownedBy(two).ownerReferences];
  await create(CONFIG_MAP, { metadata: { ...at('child'), ownerReferences } });
  await client.delete(CONFIG_MAP, at('one'));
  await idle();
  const left = client.server.peek(CONFIG_MAP, at('child'))?.metadata.ownerReferences;
  expect(left?.map(({ name }) => name)).toEqual(['two']);
  await stop();
});

it('a foreground deletion ends with the last dependent that blocks it', async () => {
  const { client, create, stop } = await startTestControllers();
  const owner = await create(CONFIG_MAP, { metadata: at('owner') });
  const blocking = {
    ...at('child'),
    ...ownedBy(owner, { blockOwnerDeletion: true }),
    finalizers: ['example.com/hold'],
  };
  await create(CONFIG_MAP, { metadata: blocking });
  await client.delete(CONFIG_MAP, at('owner'), { propagationPolicy: 'Foreground' });
  await idle();
  expect(client.server.peek(CONFIG_MAP, at('owner'))?.metadata.finalizers).toEqual(['foregroundDeletion']);
  await client.patch(CONFIG_MAP, at('child'), { type: 'merge', body: { metadata: { finalizers: null } } });
  await idle();
  expect(client.server.objects(CONFIG_MAP, 'default')).toEqual([]);
  await stop();
});
