import { describe, expect, it } from 'vitest';
import type { ApiObject } from '../api-object.js';
import { trackUpdate } from './index.js';
import { CONFIG_MAP, POD, THING } from './testing/example-schemas.js';

const NOW = '2026-01-02T03:04:05Z';
const LATER = '2026-01-02T03:04:06Z';

const configMap = (data: object): ApiObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'default', uid: 'u' },
  data,
});

const updated = (
  live: ApiObject | undefined,
  proposed: ApiObject,
  { manager = 'one', now = NOW }: { manager?: string; now?: string } = {},
): ApiObject => trackUpdate({ schema: CONFIG_MAP, apiVersion: 'v1', proposed, manager, now, ...(live && { live }) });

describe('managed fields of updates', () => {
  it('begin with all that is created; a Go struct that is always there is nobody’s', () => {
    const proposed: ApiObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', labels: { app: 'x' } },
      spec: { containers: [{ name: 'a', image: 'i', env: [{ name: 'A', value: '1' }] }] },
      status: { phase: 'Pending' },
    };
    const pod = trackUpdate({ schema: POD, apiVersion: 'v1', proposed, manager: 'kubectl', now: NOW });
    expect(pod.metadata.managedFields).toEqual([
      {
        manager: 'kubectl',
        operation: 'Update',
        apiVersion: 'v1',
        time: NOW,
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
          'f:spec': {
            'f:containers': {
              'k:{"name":"a"}': {
                '.': {},
                'f:env': { '.': {}, 'k:{"name":"A"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
                'f:image': {},
                'f:name': {},
              },
            },
          },
        },
      },
    ]);
  });

  it('of a custom resource own its spec too', () => {
    const proposed = { apiVersion: 'c.test/v1', kind: 'Thing', metadata: { name: 'it' }, spec: { text: 'a' } };
    const made = trackUpdate({ schema: THING, apiVersion: 'c.test/v1', proposed, manager: 'one', now: NOW });
    expect(made.metadata.managedFields).toMatchObject([{ fieldsV1: { 'f:spec': { '.': {}, 'f:text': {} } } }]);
  });

  it('are the very same when nothing changes', () => {
    const live = updated(undefined, configMap({ a: '1' }));
    const again = updated(live, configMap({ a: '1' }), { manager: 'two', now: LATER });
    expect(again.metadata.managedFields).toBe(live.metadata.managedFields);
  });

  it('move with what is changed, and go with who has none left', () => {
    const live = updated(undefined, configMap({ a: '1' }));
    const next = updated(live, configMap({ a: '2', b: '1' }), { manager: 'two', now: LATER });
    expect(next.metadata.managedFields).toMatchObject([
      { manager: 'one', time: NOW, fieldsV1: { 'f:data': {} } },
      { manager: 'two', time: LATER, fieldsV1: { 'f:data': { 'f:a': {}, 'f:b': {} } } },
    ]);
    const none = configMap({});
    delete none['data'];
    expect(updated(next, none, { manager: 'three' }).metadata.managedFields).toBeUndefined();
  });

  it('through status own only the status, by another entry', () => {
    const live: ApiObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', uid: 'u' },
      spec: { nodeName: 'n' },
    };
    const tracked = trackUpdate({ schema: POD, apiVersion: 'v1', proposed: live, manager: 'kubelet', now: NOW });
    const proposed = { ...tracked, spec: { nodeName: 'other' }, status: { phase: 'Running' } };
    const next = trackUpdate({
      schema: POD,
      apiVersion: 'v1',
      live: tracked,
      proposed,
      manager: 'kubelet',
      subresource: 'status',
      now: LATER,
    });
    expect(next.metadata.managedFields).toMatchObject([
      { fieldsV1: { 'f:spec': { 'f:nodeName': {} } } },
      { manager: 'kubelet', subresource: 'status', time: LATER, fieldsV1: { 'f:status': { 'f:phase': {} } } },
    ]);
  });

  it.each([[[]], [[{}]]])('are forgotten when a user asks for it: %j', (managedFields) => {
    const live = updated(undefined, configMap({ a: '1' }));
    const proposed = configMap({ a: '2' });
    proposed.metadata.managedFields = managedFields;
    expect(updated(live, proposed).metadata.managedFields).toBeUndefined();
  });

  it('are the live ones where a user sends what cannot be read', () => {
    const live = updated(undefined, configMap({ a: '1' }));
    const proposed = configMap({ a: '1' });
    proposed.metadata.managedFields = [{ manager: 'bad', operation: 'Nope' }] as never;
    expect(updated(live, proposed).metadata.managedFields).toEqual(live.metadata.managedFields);
  });

  it('keep ten updaters; the oldest become one', () => {
    let live = updated(undefined, configMap({ m0: '1' }), { manager: 'm0' });
    const data: Record<string, string> = { m0: '1' };
    for (let index = 1; index < 12; index++) {
      data[`m${index}`] = '1';
      const now = `2026-01-02T03:04:${String(10 + index)}Z`;
      live = updated(live, configMap({ ...data }), { manager: `m${index}`, now });
    }
    const managers = (live.metadata.managedFields as { manager: string }[]).map(({ manager }) => manager);
    expect(managers).toHaveLength(10);
    expect(managers[0]).toBe('ancient-changes');
  });
});
