import type { KubeObject, Phase } from '@sympozium/api';
import type { Observation } from '@sympozium/plugin-sdk';
import { runView } from '@sympozium/plugin-sdk/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  deploymentObject,
  exceeded,
  keyObject,
  lacking,
  podObject,
  RUN,
  running,
  said,
  serverView,
  serviceObject,
  serving,
  skill,
  sliceObject,
  unscheduledPod,
  waiting,
  type Endpoint,
} from './cluster-objects.test.js';
import { observeServer } from './observe.js';

interface Seen {
  readonly deployment?: Parameters<typeof deploymentObject>[0] | undefined;
  readonly pods?: readonly KubeObject[];
  readonly phase?: Phase;
  readonly reason?: string;
  readonly endpoint?: Endpoint;
}

/** A server that serves but for what is said. */
function observed({ deployment = {}, pods = [], phase = 'Pending', reason, endpoint }: Seen): Observation {
  return observeServer(
    serverView({
      run: { ...RUN, status: { phase, ...(reason !== undefined && { reason }) } },
      children: [deploymentObject(deployment), serviceObject(), keyObject()],
      related: [sliceObject(), ...pods],
      ...(endpoint && { endpoint }),
    }),
  );
}

const notAvailable = { conditions: [lacking] };
const timedOut = { conditions: [lacking, exceeded] };
const ours = { authSecretRef: { name: 'ours' } };
const saysOf = (observation: Observation) =>
  'reason' in observation ? `${observation.reason}: ${observation.message}` : observation.state;

describe('a server serves', () => {
  it('once its Deployment is available and its Service leads to a Pod', () => {
    expect(observed({})).toMatchObject({
      state: 'serving',
      endpoint: { url: 'http://demo-server.default.svc:8080', apiKeySecretName: 'demo-server-api-key' },
    });
  });

  it('by an address whose readiness is not told, which means ready', () => {
    expect(observeServer(serverView({ ...serving, related: [sliceObject([{}])] })).state).toBe('serving');
  });

  it('with the user’s own keys', () => {
    expect(observed({ endpoint: ours })).toMatchObject({ endpoint: { apiKeySecretName: 'ours' } });
  });

  it('at a host name that is only wished, it does not say: a route may never lead from there', () => {
    const { endpoint } = observed({ endpoint: { hostname: 'a.example.com' } }) as { endpoint?: object };
    expect(endpoint).toEqual({
      url: 'http://demo-server.default.svc:8080',
      apiKeySecretName: 'demo-server-api-key',
    });
  });

  it('while its instance or its skills cannot be found', () => {
    const orphan = ({ run, params, children, related, surveyed, available }: ReturnType<typeof serverView>) =>
      observeServer({ run, params, children, related, surveyed, available });
    expect(orphan(serverView(serving))).toMatchObject({
      state: 'serving',
      endpoint: { apiKeySecretName: 'demo-server-api-key' },
    });
    const volumes = [{ name: 'keys', secret: { secretName: 'ours' } }];
    const children = [deploymentObject({}, 1, volumes), serviceObject()];
    expect(orphan(serverView({ ...serving, children }))).toMatchObject({ endpoint: { apiKeySecretName: 'ours' } });
  });

  it.each([
    ['a new generation that nobody has seen', { observedGeneration: 2 }],
    ['a new template without a Pod', { updatedReplicas: 0 }],
    ['a rollout that gets on', { conditions: [said('Available'), said('Progressing', 'True', 'ReplicaSetUpdated')] }],
  ])('on through %s', (_what, deployment) => {
    expect(observed({ deployment, phase: 'Serving' }).state).toBe('serving');
  });
});

describe('a server that is on its way has no reason yet', () => {
  it.each([
    ['before anything is made', serverView()],
    [
      'before the Deployment’s controller saw it',
      serverView({ ...serving, children: [deploymentObject({ observedGeneration: 2 }), serviceObject()] }),
    ],
    [
      'before it has Pods',
      serverView({ ...serving, children: [deploymentObject({ updatedReplicas: 0 }), serviceObject()] }),
    ],
    [
      'before a Pod is ready',
      serverView({ children: [deploymentObject(notAvailable), serviceObject()], related: [podObject(running)] }),
    ],
    [
      'while its container is made',
      serverView({ children: [deploymentObject(notAvailable)], related: [podObject(waiting('ContainerCreating'))] }),
    ],
    ['before its Service is made', serverView({ children: [deploymentObject()] })],
  ])('%s', (_when, view) => {
    expect(observeServer(view)).toMatchObject({ state: 'pending' });
    expect(observeServer(view)).not.toHaveProperty('reason');
  });
});

describe('what keeps a server from answering', () => {
  it.each<[string, Seen, RegExp]>([
    [
      'an image',
      { pods: [podObject(waiting('ImagePullBackOff', 'pull access denied'))] },
      /^ImagePullFailed: .*denied/,
    ],
    [
      'a missing ConfigMap',
      { pods: [podObject(waiting('CreateContainerConfigError', 'configmap "x" not found'))] },
      /^ContainerConfigError: .*"x" not found/,
    ],
    [
      'a command',
      { pods: [podObject(waiting('RunContainerError', 'exec: "x": not found'))] },
      /^ContainerStartFailed: /,
    ],
    ['no node', { pods: [unscheduledPod()] }, /^Unschedulable: .*Insufficient cpu/],
    [
      'crashes',
      {
        pods: [
          podObject({
            ...waiting('CrashLoopBackOff', 'back-off 20s restarting'),
            restartCount: 2,
            lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
          }),
        ],
      },
      /^CrashLoopBackOff: .*exit code 137 \(OOMKilled\)/,
    ],
    [
      'a quota',
      { deployment: { conditions: [lacking, said('ReplicaFailure', 'True', 'FailedCreate', 'exceeded quota: pods')] } },
      /^ServerUnavailable: .*exceeded quota: pods/,
    ],
    [
      'a readiness probe',
      { deployment: timedOut, pods: [podObject(running)], phase: 'Pending' },
      /^ServerUnavailable: .*timed out/,
    ],
    [
      'a missing Secret that the node names',
      { pods: [podObject(waiting('CreateContainerConfigError', 'secret "ours" not found'))], endpoint: ours },
      /^KeySecretNotFound: .*"ours" not found/,
    ],
    [
      'a Secret that is probably missing',
      { deployment: timedOut, pods: [podObject(waiting('ContainerCreating'))], endpoint: ours },
      /^KeySecretNotFound: .*probably there is no Secret ours/,
    ],
    [
      'a volume that is not the user’s Secret',
      { deployment: timedOut, pods: [podObject(waiting('ContainerCreating'))] },
      /^ServerUnavailable: /,
    ],
    [
      'a generated Secret that is not there yet',
      { pods: [podObject(waiting('CreateContainerConfigError', 'secret "demo-server-api-key" not found'))] },
      /^ContainerConfigError: .*"demo-server-api-key" not found/,
    ],
    ['no Pod, though the Secret is the user’s', { deployment: timedOut, endpoint: ours }, /^ServerUnavailable: /],
    ['a rollout that is stuck', { deployment: { conditions: [said('Available'), exceeded] } }, /^ServerUnavailable: /],
    ['too few Pods, once it served', { deployment: notAvailable, phase: 'Serving' }, /^ServerUnavailable: .*minimum/],
  ])('is named: %s', (_what, seen, expected) => {
    expect(saysOf(observed({ deployment: notAvailable, ...seen }))).toMatch(expected);
  });

  it.each([
    ['its Service leads nowhere', { ...serving, related: [] }, /^NoReadyEndpoint: .*Service demo-server/],
    ['no Pod behind it is ready', { ...serving, related: [sliceObject([{ ready: false }])] }, /^NoReadyEndpoint: /],
    [
      'only another Service leads somewhere',
      { ...serving, related: [sliceObject([{}], 'other')] },
      /^NoReadyEndpoint: /,
    ],
    [
      'no probe succeeds in time',
      { children: [deploymentObject(timedOut), serviceObject()], related: [podObject(running), sliceObject([])] },
      /^NoReadyEndpoint: .*timed out/,
    ],
    ['it shall have no Pod', { ...serving, children: [deploymentObject({}, 0)] }, /^NoReadyEndpoint: .*replicas is 0/],
  ])('is named when %s', (_when, parts, expected) => {
    expect(saysOf(observeServer(serverView(parts)))).toMatch(expected);
  });

  it.each([
    ['Deployment', [serviceObject()], /^ServerUnavailable: .*no Deployment demo-server/],
    ['Service', [deploymentObject()], /^NoReadyEndpoint: .*no Service demo-server/],
  ])('is named when a %s is gone that was there', (_kind, children, expected) => {
    const run = { ...RUN, status: { phase: 'Serving' as const } };
    expect(saysOf(observeServer(serverView({ ...serving, children, run })))).toMatch(expected);
  });

  it('is not what a Pod says that is leaving', () => {
    const leaving = { deletionTimestamp: '2026-01-02T03:04:05Z' };
    expect(observed({ pods: [podObject(waiting('CrashLoopBackOff'), leaving)] }).state).toBe('serving');
  });

  it('is not what a Pod says that is ready', () => {
    expect(
      observed({ pods: [podObject({ ...running, ready: true, restartCount: 4 })], reason: 'CrashLoopBackOff' }).state,
    ).toBe('serving');
  });

  it.each([
    ['runs', running],
    ['has just ended', { state: { terminated: { exitCode: 1 } } }],
    ['waits', waiting('CrashLoopBackOff')],
  ])('stays the crash loop while a container that crashed %s between two crashes', (_turn, turn) => {
    const pods = [podObject({ ...turn, restartCount: 2 })];
    expect(saysOf(observed({ deployment: notAvailable, pods, reason: 'CrashLoopBackOff' }))).toMatch(
      /^CrashLoopBackOff: /,
    );
  });

  it('is no crash loop any more once a Pod is new', () => {
    const corrected = observed({ deployment: notAvailable, pods: [podObject(running)], reason: 'CrashLoopBackOff' });
    expect(corrected).not.toHaveProperty('reason');
  });

  it('is not a crash loop when a container ended once', () => {
    const pods = [podObject({ state: { terminated: { exitCode: 1 } } })];
    expect(observed({ deployment: notAvailable, pods })).not.toHaveProperty('reason');
  });
});

describe('without one server among its skills', () => {
  it.each([
    ['NoServerSidecar', []],
    ['ServerSidecarAmbiguous', [skill('one', {}), skill('two', {})]],
  ])('it says %s, and that what stands goes on', (reason, skills) => {
    expect(saysOf(observeServer(serverView({ skills })))).toMatch(new RegExp(`^${reason}: `));
    expect(saysOf(observeServer(serverView({ skills })))).not.toContain('goes on');
    expect(saysOf(observeServer(serverView({ ...serving, skills })))).toMatch(/goes on as it is/);
  });
});

describe('the condition KeyReady', () => {
  const keyReady = (parts: Parameters<typeof serverView>[0]) => observeServer(serverView(parts)).conditions?.[0];

  it.each([
    ['Waiting', 'False', {}],
    ['Waiting', 'False', { children: [{ ...keyObject(), data: {} }] }],
    ['Generated', 'True', { children: [keyObject()] }],
    ['Supplied', 'Unknown', { children: [keyObject()], endpoint: ours }],
    ['Supplied', 'Unknown', { endpoint: { authSecretRef: { name: 'demo-server-api-key' } } }],
  ])('is %s', (reason, status, parts) => {
    expect(keyReady(parts)).toMatchObject({ type: 'KeyReady', reason, status });
  });
});

it('is looked at again about every 30 s, each run at another moment', () => {
  const recheck = (uid: string) => observeServer(runView({ run: { metadata: { uid } } })).recheckAfterMs;
  fc.assert(
    fc.property(fc.uuid(), (uid) => {
      expect(recheck(uid)).toBe(recheck(uid));
      expect(recheck(uid)).toBeGreaterThanOrEqual(25_000);
      expect(recheck(uid)).toBeLessThanOrEqual(35_000);
    }),
  );
  const moments = new Set(Array.from({ length: 100 }, (_, at) => recheck(`run-${at}`)));
  expect(moments.size).toBeGreaterThan(90);
});

it('whatever caches show of one another, it serves only where somebody answers, and never ends by itself', () => {
  const containers = fc.constantFrom(running, waiting('ContainerCreating'), waiting('CrashLoopBackOff'), {
    ready: true,
  });
  const conditions = fc.subarray([said('Available'), lacking, exceeded, said('ReplicaFailure')]);
  const world = fc.record({
    made: fc.subarray(['deployment', 'service', 'key']),
    conditions,
    observedGeneration: fc.constantFrom(2, 3),
    updatedReplicas: fc.constantFrom(0, 1),
    containers: fc.array(containers, { maxLength: 2 }),
    endpoints: fc.array(fc.record({ ready: fc.boolean() }), { maxLength: 2 }),
    phase: fc.constantFrom('Pending' as const, 'Serving' as const),
  });
  fc.assert(
    fc.property(world, ({ made, containers: pods, endpoints, phase, ...status }) => {
      const objects = { deployment: deploymentObject(status), service: serviceObject(), key: keyObject() };
      const observation = observeServer(
        serverView({
          run: { ...RUN, status: { phase } },
          children: made.map((name) => objects[name as keyof typeof objects]),
          related: [sliceObject(endpoints), ...pods.map((pod, at) => podObject(pod, { name: `pod-${at}` }))],
        }),
      );
      const answers =
        made.includes('deployment') &&
        made.includes('service') &&
        endpoints.some(({ ready }) => ready) &&
        status.conditions.find(({ type }) => type === 'Available')?.status === 'True';
      expect(['pending', 'serving']).toContain(observation.state);
      if (observation.state === 'serving') expect(answers).toBe(true);
      if (observation.state === 'pending' && phase === 'Serving') expect(observation.reason).toBeDefined();
    }),
    { numRuns: 1000 },
  );
});
