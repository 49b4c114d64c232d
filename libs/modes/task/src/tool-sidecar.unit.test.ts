import { sidecarSpec, type SidecarSpec } from '@sympozium/api';
import type { ResolvedSkill } from '@sympozium/plugin-sdk';
import type { Job, Pod } from '@sympozium/plugin-sdk/manifests';
import { restrictedViolations, runView, type InstanceParts } from '@sympozium/plugin-sdk/testing';
import { describe, expect, it } from 'vitest';
import { jobObject, podObject, running, viewOf, waiting } from './cluster-objects.test.js';
import { taskConfig, type TaskParams } from './config.js';
import { observeTask } from './observe.js';
import { planTask } from './plan.js';

const SIDECAR: SidecarSpec = { image: 'search:1', terminationGracePeriod: '30s' };

const skill = (pack: string, sidecar?: Partial<SidecarSpec>): ResolvedSkill => ({
  pack,
  from: 'instance',
  params: {},
  documents: [],
  ...(sidecar && { sidecar: { ...SIDECAR, ...sidecar } }),
});

function podSpec(skills: readonly ResolvedSkill[], instance: InstanceParts = {}) {
  const plan = planTask(runView<TaskParams>({ skills, instance }), taskConfig.parse({}));
  const { spec } = (plan[0]?.object as Job).spec.template;
  if (!spec) throw new Error('no Pod is planned');
  return spec;
}

const resultBytes = (skills: readonly ResolvedSkill[]) =>
  podSpec(skills).containers[0]?.env?.find(({ name }) => name === 'SYMPOZIUM_RESULT_BYTES')?.value;

describe('a tool that comes with a skill', () => {
  it('is a native sidecar of the agent, as its pack says', () => {
    const sidecar: Partial<SidecarSpec> = {
      command: ['search'],
      args: ['--port', '9000'],
      env: [{ name: 'INDEX', value: '/tmp/index' }],
      ports: [{ name: 'mcp', containerPort: 9000 }],
      probes: { startup: { tcpSocket: { port: 'mcp' } } },
      resources: { limits: { memory: '1Gi' } },
    };
    expect(podSpec([skill('search', sidecar)]).initContainers).toMatchObject([
      {
        name: 'skill-search',
        restartPolicy: 'Always',
        image: 'search:1',
        command: ['search'],
        args: ['--port', '9000'],
        env: [{ name: 'INDEX', value: '/tmp/index' }],
        ports: [{ name: 'mcp', containerPort: 9000, protocol: 'TCP' }],
        startupProbe: { tcpSocket: { port: 'mcp' } },
        resources: { requests: { cpu: '50m' }, limits: { memory: '1Gi' } },
      },
    ]);
  });

  it('changes the Pod with every field of its sidecar', () => {
    const fields: Required<Omit<SidecarSpec, 'requiresServer'>> = {
      image: 'other:1',
      command: ['x'],
      args: ['x'],
      env: [{ name: 'X', value: '1' }],
      ports: [{ name: 'x', containerPort: 1 }],
      resources: { limits: { cpu: '1' } },
      probes: { liveness: { tcpSocket: { port: 1 } } },
      terminationGracePeriod: '1m',
    };
    expect(Object.keys({ ...fields, requiresServer: true }).sort()).toEqual(Object.keys(sidecarSpec.shape).sort());
    for (const [field, value] of Object.entries(fields))
      expect(podSpec([skill('search', { [field]: value })]), field).not.toEqual(podSpec([skill('search', {})]));
  });

  it('gets nothing of the agent’s: no key, no input, no /tmp', () => {
    const model = { provider: 'openai', name: 'm', authSecretRef: { name: 'openai', key: 'api-key' } };
    const [tool] = podSpec([skill('search', {})], { spec: { model } }).initContainers ?? [];
    expect(tool).not.toHaveProperty('env');
    expect(tool?.volumeMounts).toEqual([{ name: 'skill-search', mountPath: '/tmp' }]);
  });

  it('is as confined as the agent', () => {
    expect(restrictedViolations(podSpec([skill('search', {})]))).toEqual([]);
  });

  it('has the time to stop that its pack asks for, and takes none from the agent', () => {
    const grace = (...times: string[]) =>
      podSpec(times.map((terminationGracePeriod, at) => skill(`t-${at}`, { terminationGracePeriod })))
        .terminationGracePeriodSeconds;
    expect([grace(), grace('5s'), grace('2m', '1m')]).toEqual([30, 30, 120]);
  });

  it('shares the Pod’s termination messages with the agent', () => {
    const skills = [skill('a', {}), skill('b', {}), skill('c', {})];
    expect([0, 1, 2, 3].map((tools) => resultBytes(skills.slice(0, tools)))).toEqual(['4096', '4096', '3072', '2457']);
  });
});

it.each([
  ['only texts', skill('house-style')],
  ['a server', skill('web-endpoint', { requiresServer: true })],
])('a skill that brings %s adds no container to a task', (_what, one) => {
  expect(podSpec([one])).toEqual(podSpec([]));
});

describe('a tool that does not start keeps the agent from starting, and is named', () => {
  const withTool = (state: object, agent = waiting('PodInitializing')): Pod =>
    podObject({
      status: {
        ...agent,
        initContainerStatuses: [
          { name: 'skill-search', image: 'i', imageID: '', ready: false, restartCount: 1, ...state },
        ],
      },
    });
  const seen = (pod: Pod) => observeTask(viewOf(jobObject({ active: 1 }), [pod]));

  it.each([
    ['ImagePullFailed', { state: { waiting: { reason: 'ErrImagePull', message: 'denied' } } }, 'denied'],
    [
      'CrashLoopBackOff',
      {
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } },
        lastState: { terminated: { exitCode: 2, reason: 'Error' } },
      },
      'skill-search, exit code 2 (Error)',
    ],
  ])('%s', (reason, state, words) => {
    expect(seen(withTool(state))).toMatchObject({ state: 'pending', reason, message: expect.stringContaining(words) });
  });

  it('but not while it is on its way, or once the agent runs', () => {
    expect(seen(withTool({ state: { waiting: { reason: 'PodInitializing' } } }))).toEqual({ state: 'pending' });
    const crashing = { state: { waiting: { reason: 'CrashLoopBackOff' } } };
    expect(seen(withTool(crashing, running())).state).toBe('running');
  });
});
