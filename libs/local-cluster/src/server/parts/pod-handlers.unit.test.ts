import { FakeClock } from '@sympozium/process/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ApiObject } from '../../api-object.js';
import { ApiError } from '../../api-error.js';
import type { HandlerRequest, Handlers } from '../handlers.js';
import { TestApi } from '../testing/test-api.js';
import { NAMESPACES, PODS, RESOURCES, testRegistry, testResource } from '../testing/test-resources.js';
import { podHandlers } from './pod-handlers.js';

const BUDGETS = testResource({
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
});
const NOW = '2026-01-01T00:00:00Z';
const DONE = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
const METADATA = { name: 'p', namespace: 'a', uid: 'u', labels: { app: 'x' } };

let api: TestApi;
let handlers: Handlers;
beforeEach(() => {
  api = new TestApi();
  const registry = testRegistry([...RESOURCES, BUDGETS]);
  handlers = podHandlers({ api, registry, clock: new FakeClock() });
});

const call = async (key: string, asked: Pick<HandlerRequest, 'resource' | 'body'> & Partial<HandlerRequest>) => {
  const handler = handlers.get(key);
  if (!handler) throw new Error(`no handler for ${key}`);
  return handler({ dryRun: false, user: { name: 'me', groups: [] }, warn: () => {}, ...asked });
};
const onPod = (part: string, body: unknown, dryRun = false) =>
  call(`/pods/${part}`, { resource: PODS, namespace: 'a', name: 'p', body, dryRun });
const pod = (): ApiObject | undefined => api.objects.get('/pods/a/p');
const refusal = async (answer: Promise<unknown>): Promise<ApiError> => {
  const error: unknown = await answer.then(
    () => new Error('it was not refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof ApiError) return error;
  throw error;
};

describe('binding', () => {
  const body = { metadata: { name: 'p', annotations: { n: '1' } }, target: { kind: 'Node', name: 'node-1' } };

  it('sets node, annotations and the condition', async () => {
    api.put(PODS, { metadata: METADATA, spec: {}, status: { phase: 'Pending' } });
    expect(await onPod('binding', body)).toEqual(DONE);
    expect(pod()).toMatchObject({
      metadata: { labels: { app: 'x' }, annotations: { n: '1' } },
      spec: { nodeName: 'node-1' },
      status: {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: NOW }],
      },
    });
  });

  it('is not done twice, and not at all in a dry run', async () => {
    const before = api.put(PODS, { metadata: METADATA, spec: {} });
    await onPod('binding', body, true);
    expect(pod()).toBe(before);
    await onPod('binding', body);
    const error = await refusal(onPod('binding', body));
    expect([error.code, error.message]).toEqual([
      409,
      'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "node-1"',
    ]);
  });

  it('refuses other names, targets and Pods', async () => {
    api.put(PODS, { metadata: { ...METADATA, deletionTimestamp: NOW }, spec: {} });
    expect((await refusal(onPod('binding', { metadata: { name: 'q' } }))).message).toBe(
      'name in URL does not match name in Binding object',
    );
    expect((await refusal(onPod('binding', { ...body, target: { kind: 'Pod', name: 'x' } }))).message).toBe(
      'target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>"',
    );
    expect((await refusal(onPod('binding', body))).message).toContain('pod p is being deleted');
    expect((await refusal(onPod('binding', { ...body, metadata: { name: 'p', uid: 'v' } }))).code).toBe(409);
  });
});

describe('eviction', () => {
  const body = { metadata: { name: 'p' } };
  const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  const budget = (status: object, name = 'b') =>
    api.put(BUDGETS, {
      metadata: { name, namespace: 'a', generation: 1 },
      spec: { selector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['x'] }] } },
      status: { observedGeneration: 1, ...status },
    });

  it('marks and deletes a Pod that no budget holds', async () => {
    api.put(PODS, { metadata: METADATA, status: ready });
    const options = { gracePeriodSeconds: 5 };
    expect(await onPod('eviction', { ...body, deleteOptions: options })).toEqual(DONE);
    expect(pod()).toMatchObject({
      status: {
        conditions: [{ type: 'Ready' }, { type: 'DisruptionTarget', reason: 'EvictionByEvictionAPI', status: 'True' }],
      },
    });
    expect(api.calls.at(-1)).toEqual({
      method: 'delete',
      parameters: { name: { namespace: 'a', name: 'p' }, options, dryRun: false },
    });
  });

  it('spends of the budget, and is 429 when it is spent', async () => {
    api.put(PODS, { metadata: METADATA, status: ready });
    budget({ disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1 });
    await onPod('eviction', body);
    expect(api.objects.get('policy/poddisruptionbudgets/a/b')).toMatchObject({
      status: { disruptionsAllowed: 0, disruptedPods: { p: NOW } },
    });
    budget({ disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1 });
    const error = await refusal(onPod('eviction', body));
    expect([error.code, error.message, error.details]).toEqual([
      429,
      "Cannot evict pod as it would violate the pod's disruption budget.",
      {
        causes: [
          { reason: 'DisruptionBudget', message: 'The disruption budget b needs 1 healthy pods and has 1 currently' },
        ],
      },
    ]);
  });

  it('waits for a budget that its controller has not seen, and knows no two', async () => {
    api.put(PODS, { metadata: METADATA, status: ready });
    budget({ observedGeneration: 0, disruptionsAllowed: 1 });
    expect(await refusal(onPod('eviction', body))).toMatchObject({ code: 429, details: { retryAfterSeconds: 10 } });
    budget({ disruptionsAllowed: 1 }, 'c');
    expect(await refusal(onPod('eviction', body))).toMatchObject({ code: 500 });
  });

  it.each([
    ['is over', { phase: 'Failed' }, {}],
    ['is not ready, while enough others are', { phase: 'Running' }, { currentHealthy: 2, desiredHealthy: 2 }],
  ])('needs no budget for a Pod that %s', async (_, status, health) => {
    api.put(PODS, { metadata: METADATA, status });
    budget({ disruptionsAllowed: 0, ...health });
    expect(await onPod('eviction', body)).toEqual(DONE);
  });

  it('changes nothing in a dry run', async () => {
    const before = api.put(PODS, { metadata: METADATA, status: ready });
    budget({ disruptionsAllowed: 1 });
    await onPod('eviction', body, true);
    expect(pod()).toBe(before);
    expect(api.calls.map(({ method }) => method)).not.toContain('writeRaw');
    expect(api.calls.at(-1)?.parameters).toMatchObject({ dryRun: true });
  });
});

describe('finalize', () => {
  const finalize = (body: object) => call('/namespaces/finalize', { resource: NAMESPACES, name: 'n', body });
  const namespace = (metadata: object) =>
    api.put(NAMESPACES, { metadata: { name: 'n', ...metadata }, spec: { finalizers: ['kubernetes'] } });

  it('sets the finalizers', async () => {
    namespace({});
    expect(await finalize({ spec: { finalizers: ['example.com/x'] } })).toMatchObject({
      spec: { finalizers: ['example.com/x'] },
    });
    expect(await finalize({ spec: {} })).toMatchObject({ spec: {} });
  });

  it('refuses unqualified finalizers and stale versions', async () => {
    namespace({ resourceVersion: '2' });
    expect((await refusal(finalize({ spec: { finalizers: ['x'] } }))).message).toBe(
      'Namespace "n" is invalid: spec.finalizers[0]: Invalid value: "x": ' +
        'name is neither a standard finalizer name nor is it fully qualified',
    );
    expect((await refusal(finalize({ metadata: { resourceVersion: '1' }, spec: {} }))).code).toBe(409);
  });
});
