import { describe, expect, it } from 'vitest';
import { configMap, inDefault, refusal, resourceOf, run, setUp } from './testing/set-up.js';

const MAPS = resourceOf('ConfigMap');
const RUNS = resourceOf('AgentRun');

describe('create', () => {
  it('stores what the server adds: namespace, uid, time, version, defaults, managers', async () => {
    const { create, api } = setUp();
    const made = await create(run('a'));
    expect(made).toMatchObject({
      metadata: { name: 'a', namespace: 'default', creationTimestamp: '2026-01-01T00:00:00Z', generation: 1 },
      spec: { timeout: '10m', retry: { limit: 0 } },
      status: { phase: 'Pending' },
    });
    expect(made.metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(api.get(RUNS, inDefault('a'))).toBe(made);
    expect(made.metadata.resourceVersion).toBe('1');
  });

  it('takes nothing of status, uid, times or versions from the client', async () => {
    const { create } = setUp();
    const metadata = { name: 'a', uid: 'mine', creationTimestamp: '2020-01-01T00:00:00Z', generation: 7 };
    const made = await create({ ...run('a'), metadata, status: { phase: 'Succeeded' } });
    expect(made).toMatchObject({ metadata: { generation: 1 }, status: { phase: 'Pending' } });
    expect([made.metadata.uid, made.metadata.creationTimestamp]).not.toContain('mine');
    expect(JSON.stringify(made.metadata.managedFields)).not.toContain('f:status');
    expect(await refusal(create(configMap('b', {}, { resourceVersion: '1' })))).toBe(
      '500 : resourceVersion should not be set on objects to be created',
    );
  });

  it('makes a name of a prefix, and wants one of the two', async () => {
    const { create } = setUp();
    const { metadata } = await create(configMap('', {}, { generateName: 'made-' }));
    expect(metadata.name).toMatch(/^made-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect(await refusal(create(configMap('')))).toBe(
      '422 Invalid: ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
    );
  });

  it('says what a name is taken by', async () => {
    const { api, create, writing } = setUp();
    await create(configMap('a', {}, { finalizers: ['example.com/held'] }));
    expect(await refusal(create(configMap('a')))).toBe('409 AlreadyExists: configmaps "a" already exists');
    await api.delete(MAPS, inDefault('a'), {}, writing());
    expect(await refusal(create(configMap('a')))).toBe(
      '409 AlreadyExists: object is being deleted: configmaps "a" already exists',
    );
  });

  it('shows a dry run and stores nothing', async () => {
    const { api, create, store } = setUp();
    const shown = await create(configMap('a'), { dryRun: true });
    expect(shown.metadata).toMatchObject({ name: 'a', namespace: 'default' });
    expect(shown.metadata.resourceVersion).toBeUndefined();
    expect(await refusal(() => api.get(MAPS, inDefault('a')))).toBe('404 NotFound: configmaps "a" not found');
    expect(store.revision).toBe(0);
  });

  it('never changes the body', async () => {
    const { create } = setUp();
    const body = { ...run('a'), bogus: 1 };
    const before = structuredClone(body);
    await create(body);
    expect(body).toEqual(before);
  });

  it('names each owner once', async () => {
    const { create, warnings } = setUp();
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'u-1' };
    const made = await create(configMap('a', {}, { ownerReferences: [owner, { ...owner }] }));
    expect(made.metadata.ownerReferences).toEqual([owner]);
    expect(warnings).toEqual([
      '.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may ' +
        'reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: u-1',
    ]);
  });
});

describe('a body that does not fit its path', () => {
  it.each([
    [
      'ConfigMap',
      { kind: 'Secret' },
      'Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion',
    ],
    [
      'ConfigMap',
      { apiVersion: 'v2' },
      'ConfigMap in version "v2" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "v2" in scheme "pkg/runtime/scheme.go:111"',
    ],
    [
      'ConfigMap',
      { metadata: { name: 'a', namespace: 'other' } },
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
    [
      'ConfigMap',
      { data: { k: 1 } },
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
    ],
    [
      'AgentRun',
      { apiVersion: 'sympozium.ai/v9', kind: 'AgentRun' },
      'the API version in the data (sympozium.ai/v9) does not match the expected API version (sympozium.ai/v1alpha1)',
    ],
    [
      'AgentRun',
      {},
      `the object provided is unrecognized (must be of type AgentRun): Object 'Kind' is missing in '{"metadata":{"name":"a"}}' ({"metadata":{"name":"a"}})`,
    ],
  ])('%s %j', async (kind, body, message) => {
    const { api, writing } = setUp();
    const whole = { metadata: { name: 'a' }, ...body };
    expect(await refusal(api.create(resourceOf(kind), 'default', whole, writing()))).toBe(`400 BadRequest: ${message}`);
  });

  it('a custom resource of another kind is invalid', async () => {
    const { api, writing } = setUp();
    expect(await refusal(api.create(RUNS, 'default', { ...run('a'), kind: 'Other' }, writing()))).toBe(
      '422 Invalid: Other.sympozium.ai "a" is invalid: kind: Invalid value: "Other": must be AgentRun',
    );
  });

  it('unknown fields are dropped, warned of or refused', async () => {
    const { create, warnings } = setUp();
    const odd = (name: string) => run(name, { bogus: { deep: true } });
    expect(await create(odd('ignored'), { fieldValidation: 'Ignore' })).not.toHaveProperty('spec.bogus');
    expect(warnings).toEqual([]);
    await create(odd('warned'));
    expect(warnings).toEqual(['unknown field "spec.bogus"']);
    expect(await refusal(create(odd('refused'), { fieldValidation: 'Strict' }))).toBe(
      '400 BadRequest: AgentRun in version "v1alpha1" cannot be handled as a AgentRun: strict decoding error: unknown field "spec.bogus"',
    );
  });
});
