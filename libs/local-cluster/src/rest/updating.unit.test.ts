import { describe, expect, it } from 'vitest';
import type { ApiObject } from '../api-object.js';
import type { PatchRequest } from './object-api.js';
import { configMap, inDefault, ownersOf, refusal, resourceOf, run, setUp, type TestObjects } from './testing/set-up.js';

const MAPS = resourceOf('ConfigMap');
const RUNS = resourceOf('AgentRun');
const LEASES = resourceOf('Lease');
const DEPLOYMENTS = resourceOf('Deployment');

const at = (resourceVersion: string, object: ApiObject): ApiObject => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion },
});
const merge = (body: unknown): PatchRequest => ({ type: 'merge', body });
const patchRun = async ({ api, writing }: TestObjects, body: unknown, subresource?: 'status'): Promise<ApiObject> => {
  const parameters = writing(subresource && { subresource });
  return (await api.patch(RUNS, inDefault('a'), merge(body), parameters)).object;
};

describe('update', () => {
  it('locks optimistically', async () => {
    const { api, create, writing } = setUp();
    await create(configMap('a', { k: '1' }));
    const put = (object: ApiObject) => refusal(api.update(MAPS, inDefault('a'), object, writing()));
    expect(await put(configMap('a', { k: '2' }))).toBe('not refused');
    expect(await put(at('1', configMap('a', { k: '3' })))).toBe(
      '409 Conflict: Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your ' +
        'changes to the latest version and try again',
    );
    const { uid = '' } = api.get(MAPS, inDefault('a')).metadata;
    expect(await put(configMap('a', {}, { uid: 'other' }))).toBe(
      '409 Conflict: Operation cannot be fulfilled on configmaps "a": StorageError: invalid object, Code: 4, Key: ' +
        '/registry/configmaps/default/a, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in ' +
        `precondition: other, UID in object meta: ${uid}`,
    );
    expect(await put(at('abc', configMap('a')))).toBe('500 : strconv.ParseUint: parsing "abc": invalid syntax');
    await create(run('a'));
    expect(await refusal(api.update(RUNS, inDefault('a'), run('a'), writing()))).toBe(
      '422 Invalid: agentruns.sympozium.ai "a" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    );
  });

  it('that changes nothing writes nothing, however late it comes', async () => {
    const { api, clock, create, store, writing } = setUp();
    const made = await create(configMap('a', { k: '1' }));
    await clock.advance(60_000);
    const { object, created } = await api.update(MAPS, inDefault('a'), configMap('a', { k: '1' }), writing());
    expect([object, created, store.revision]).toEqual([made, false, 1]);
  });

  it('names the object as its path does', async () => {
    const { api, create, writing } = setUp();
    await create(configMap('a'));
    const put = (object: unknown) => refusal(api.update(MAPS, inDefault('a'), object, writing()));
    expect(await put(configMap('b'))).toBe(
      '400 BadRequest: the name of the object (b) does not match the name on the URL (a)',
    );
    expect(await put({ metadata: {} })).toBe(
      '400 BadRequest: the name of the object (a based on URL) was undeterminable: name must be provided',
    );
    expect(await put(configMap('a', {}, { namespace: 'other' }))).toBe(
      '400 BadRequest: the namespace of the provided object does not match the namespace sent on the request',
    );
  });

  it('refuses metadata that no object may have, of each kind', async () => {
    const { api, create, writing } = setUp();
    await create(configMap('a'));
    const finalizers = ['example.com/not ok'];
    expect(await refusal(api.update(MAPS, inDefault('a'), configMap('a', {}, { finalizers }), writing()))).toContain(
      '422 Invalid: ConfigMap "a" is invalid: metadata.finalizers: Invalid value: "example.com/not ok": name part must',
    );
    await create(run('a'));
    const owner = { apiVersion: 'v1', kind: 'Pod', name: '', uid: 'u' };
    const patch = merge({ metadata: { ownerReferences: [owner] } });
    expect(await refusal(api.patch(RUNS, inDefault('a'), patch, writing()))).toBe(
      '422 Invalid: AgentRun.sympozium.ai "a" is invalid: [metadata.ownerReferences[0].name: Required value: must not ' +
        'be empty, <nil>: Invalid value: null: some validation rules were not checked because the object was invalid; ' +
        'correct the existing errors to complete validation]',
    );
  });

  it.each<[unknown, string]>([
    [7, 'json: cannot unmarshal number into Go value of type string'],
    ['soon', 'parsing time "soon" as "2006-01-02T15:04:05Z07:00": cannot parse "soon" as "2006"'],
  ])('refuses a time of deletion that Go cannot read: %j', async (deletionTimestamp, why) => {
    const { api, create, writing } = setUp();
    await create(run('a'));
    const body = { ...run('a'), metadata: { name: 'a', deletionTimestamp } };
    const applied = api.patch(RUNS, inDefault('a'), { type: 'apply', body, force: true }, writing());
    expect(await refusal(applied)).toMatch(
      /^422 Invalid: AgentRun.sympozium.ai "a" is invalid: metadata: Invalid value: {"/,
    );
    expect(await refusal(applied)).toContain(`}: ${why}`);
  });

  it('creates where the kind allows it', async () => {
    const { admitted, api, writing } = setUp();
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l' }, spec: {} };
    const { object, created } = await api.update(LEASES, inDefault('l'), lease, writing());
    expect([created, object.metadata.resourceVersion, admitted[0]?.operation]).toEqual([true, '1', 'CREATE']);
    expect(await refusal(api.update(MAPS, inDefault('a'), configMap('a'), writing()))).toBe(
      '404 NotFound: configmaps "a" not found',
    );
  });

  it('keeps what only the server says', async () => {
    const { api, create, writing } = setUp();
    const made = await create(run('a'));
    const odd = { uid: '', creationTimestamp: '2020-01-01T00:00:00Z', generation: 7 };
    const body = { ...made, metadata: { ...made.metadata, ...odd }, status: { phase: 'Failed' } };
    expect((await api.update(RUNS, inDefault('a'), body, writing())).object).toEqual(made);
  });

  it('of a dry run shows the version that there is', async () => {
    const { api, create, writing } = setUp();
    await create(configMap('a'));
    const dry = writing({ dryRun: true });
    const { object } = await api.update(MAPS, inDefault('a'), configMap('a', { k: '2' }), dry);
    expect(object).toMatchObject({ metadata: { resourceVersion: '1' }, data: { k: '2' } });
    expect(api.get(MAPS, inDefault('a'))).not.toHaveProperty('data');
  });
});

describe('status and generation', () => {
  it('the status has a path of its own, and its writes change nothing else', async () => {
    const objects = setUp();
    await objects.create(run('a'));
    const running = { status: { phase: 'Running' }, spec: { cancel: true }, metadata: { labels: { a: 'b' } } };
    const written = await patchRun(objects, running, 'status');
    expect(written).toMatchObject({ metadata: { generation: 1, resourceVersion: '2' }, status: { phase: 'Running' } });
    expect(written).not.toHaveProperty('spec.cancel');
    expect(written.metadata.labels).toBeUndefined();
    expect(ownersOf(written)[1]).toBe('tester Update status: {"f:status":{"f:phase":{}}}');
    expect((await patchRun(objects, { status: { phase: 'Failed' } }))['status']).toEqual({ phase: 'Running' });
  });

  it('the generation rises with wishes alone', async () => {
    const objects = setUp();
    await objects.create(run('a'));
    const generations: unknown[] = [];
    for (const body of [{ metadata: { labels: { a: 'b' } } }, { spec: { cancel: true } }, { spec: { cancel: true } }])
      generations.push((await patchRun(objects, body)).metadata.generation);
    expect(generations).toEqual([1, 2, 2]);
  });

  it('refuses a status that its schema does not allow', async () => {
    const objects = setUp();
    await objects.create(run('a'));
    expect(await refusal(patchRun(objects, { status: { phase: 'Bogus' } }, 'status'))).toMatch(
      /^422 Invalid: AgentRun\.sympozium\.ai "a" is invalid: \[status\.phase: Unsupported value: "Bogus": supported values: /,
    );
  });
});

describe('patch', () => {
  it('that makes nothing decodable is invalid', async () => {
    const { api, create, writing } = setUp();
    await create(configMap('a', { k: '1' }));
    const patched = (patch: PatchRequest, more = {}) => refusal(api.patch(MAPS, inDefault('a'), patch, writing(more)));
    expect(await patched({ type: 'strategic', body: { bogus: 1 } }, { fieldValidation: 'Strict' })).toBe(
      '422 Invalid:  "" is invalid: patch: Invalid value: "map[bogus:1]": strict decoding error: unknown field "bogus"',
    );
    expect(await patched(merge({ data: { k: 1 } }))).toMatch(
      /^422 Invalid: {2}"" is invalid: patch: Invalid value: "\{.*\}": json: cannot unmarshal number into Go struct field ConfigMap\.data of type string$/,
    );
    expect(await patched(merge({ kind: 'Secret' }))).toMatch(
      /: converting \(v1\.Secret\) to \(core\.ConfigMap\): unknown conversion$/,
    );
    expect(await patched(merge({ metadata: { uid: 'other' } }))).toMatch(
      /^422 Invalid: ConfigMap "a" is invalid: metadata\.uid: Invalid value: "other": field is immutable$/,
    );
  });

  it('of a custom resource may not be strategic, nor make it another kind', async () => {
    const { api, create, writing } = setUp();
    await create(run('a'));
    const patched = (patch: PatchRequest) => refusal(api.patch(RUNS, inDefault('a'), patch, writing()));
    expect(await patched({ type: 'strategic', body: {} })).toMatch(/^415 UnsupportedMediaType: /);
    expect(await patched(merge({ apiVersion: 'v1' }))).toBe(
      '422 Invalid: AgentRun "a" is invalid: apiVersion: Invalid value: "v1": must be sympozium.ai/v1alpha1',
    );
  });

  it('leaves stored objects as they were', async () => {
    const { api, create, writing } = setUp();
    const made = await create(run('a'));
    const before = structuredClone(made);
    await api.patch(RUNS, inDefault('a'), merge({ spec: { cancel: true } }), writing());
    expect(made).toEqual(before);
  });
});

describe('apply', () => {
  const apply = ({ api, writing }: TestObjects, manager: string, body: unknown, force = false) =>
    api.patch(MAPS, inDefault('a'), { type: 'apply', body, force }, writing({ fieldManager: manager }));

  it('creates, then changes, then says who owns what', async () => {
    const objects = setUp();
    const first = await apply(objects, 'one', configMap('a', { k: '1' }));
    expect([first.created, ownersOf(first.object)]).toEqual([true, ['one Apply: {"f:data":{"f:k":{}}}']]);
    expect(await refusal(apply(objects, 'two', configMap('a', { k: '2' })))).toBe(
      '409 Conflict: Apply failed with 1 conflict: conflict with "one": .data.k',
    );
    const forced = await apply(objects, 'two', configMap('a', { k: '2' }), true);
    expect([forced.created, ownersOf(forced.object)]).toEqual([false, ['two Apply: {"f:data":{"f:k":{}}}']]);
  });

  it.each([
    [{ ...configMap('a'), kind: 'Secret' }, '400 BadRequest: invalid object type: /v1, Kind=Secret'],
    [configMap('b'), '400 BadRequest: the name of the object (b) does not match the name on the URL (a)'],
    [
      { ...configMap('a'), bogus: 1 },
      '500 : failed to create typed patch object (/a; /v1, Kind=ConfigMap): .bogus: field not declared in schema',
    ],
    [
      configMap('a', {}, { uid: 'u' }),
      '409 Conflict: Operation cannot be fulfilled on configmaps "a": uid mismatch: the provided object specified uid u, and no existing object was found',
    ],
  ])('refuses %j', async (body, message) => {
    const objects = setUp();
    expect(await refusal(apply(objects, 'one', body))).toBe(message);
    expect(objects.warnings).toEqual([]);
  });

  it('that gives up the last finalizer of a deleted object ends it', async () => {
    const objects = setUp();
    await apply(objects, 'one', configMap('a', {}, { finalizers: ['example.com/held'] }));
    await objects.api.delete(MAPS, inDefault('a'), {}, objects.writing());
    const { object } = await apply(objects, 'one', configMap('a'));
    expect([object.metadata.finalizers, objects.store.list('/core/configmaps/')]).toEqual([undefined, []]);
  });
});

describe('scale', () => {
  const deployment: ApiObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'd' }, matchExpressions: [{ key: 'old', operator: 'DoesNotExist' }] },
      template: { metadata: { labels: { app: 'd' } }, spec: { containers: [{ name: 'a', image: 'i' }] } },
    },
  };
  const scale = (replicas?: number, metadata: object = { name: 'd' }) => ({
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata,
    spec: { replicas },
  });

  it('reads and writes the replicas', async () => {
    const { api, create, writing } = setUp();
    await create(deployment);
    expect(api.get(DEPLOYMENTS, inDefault('d'), 'scale')).toMatchObject({
      kind: 'Scale',
      spec: { replicas: 2 },
      status: { replicas: 0, selector: 'app=d,!old' },
    });
    const scaling = writing({ subresource: 'scale', fieldManager: 'scaler' });
    const { object } = await api.update(DEPLOYMENTS, inDefault('d'), scale(3), scaling);
    expect(object).toMatchObject({ kind: 'Scale', metadata: { resourceVersion: '2' }, spec: { replicas: 3 } });
    const stored = api.get(DEPLOYMENTS, inDefault('d'));
    expect(ownersOf(stored)[0]).toBe('scaler Update scale: {"f:spec":{"f:replicas":{}}}');
    expect(stored.metadata.managedFields?.[0]).not.toHaveProperty('time');
    await api.patch(DEPLOYMENTS, inDefault('d'), merge({ spec: { replicas: 0 } }), scaling);
    expect(api.get(DEPLOYMENTS, inDefault('d'), 'scale')['spec']).toEqual({});
    expect(ownersOf(api.get(DEPLOYMENTS, inDefault('d'))).join()).not.toContain('f:replicas');
  });

  it.each([
    [
      scale(-1),
      '422 Invalid: Scale.autoscaling "d" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    ],
    [scale(1, { name: 'e' }), '400 BadRequest: the name of the object (e) does not match the name on the URL (d)'],
    [
      { spec: { replicas: 'many' }, metadata: { name: 'd' } },
      '400 BadRequest: Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal string into Go struct field ScaleSpec.spec.replicas of type int32',
    ],
  ])('refuses %j', async (body, message) => {
    const { api, create, writing } = setUp();
    await create(deployment);
    const scaling = writing({ subresource: 'scale' });
    expect(await refusal(api.update(DEPLOYMENTS, inDefault('d'), body, scaling))).toBe(message);
  });
});

describe('writeRaw', () => {
  it('changes what it is told to and no more, and lets go what waits to be deleted', async () => {
    const { admitted, api, create, writing } = setUp();
    const made = await create(configMap('a', {}, { finalizers: ['example.com/held'] }));
    const marked = await api.writeRaw(MAPS, inDefault('a'), (object) => ({ ...object, data: { raw: '1' } }));
    expect(marked).toMatchObject({ data: { raw: '1' }, metadata: { managedFields: made.metadata.managedFields } });
    await api.delete(MAPS, inDefault('a'), {}, writing());
    await api.writeRaw(MAPS, inDefault('a'), ({ metadata, ...object }) => ({
      ...object,
      metadata: { ...metadata, finalizers: [] },
    }));
    expect(await refusal(() => api.get(MAPS, inDefault('a')))).toBe('404 NotFound: configmaps "a" not found');
    expect(admitted.map(({ operation }) => operation)).toEqual(['CREATE', 'DELETE']);
  });
});
