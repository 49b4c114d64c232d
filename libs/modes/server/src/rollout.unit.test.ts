import { agentRunSpec, endpointSpec, instanceSpec, sidecarSpec, type SidecarSpec } from '@sympozium/api';
import type { InstanceParts, RunParts } from '@sympozium/plugin-sdk/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RUN, serverView, skill, type Endpoint } from './cluster-objects.test.js';
import { serverConfig } from './config.js';
import { planServer } from './plan.js';

/** Every field of pack, instance and run: that it rolls out, or that it is none of the Deployment's business. */

interface Wishes {
  readonly sidecar?: Partial<SidecarSpec>;
  readonly endpoint?: Endpoint;
  readonly instance?: NonNullable<InstanceParts['spec']>;
  readonly run?: NonNullable<RunParts['spec']>;
}

const planned = ({ sidecar = {}, endpoint, instance, run }: Wishes = {}): string =>
  JSON.stringify(
    planServer(
      serverView({
        skills: [skill('bridge', sidecar)],
        ...(instance && { instance: { spec: instance } }),
        run: { ...RUN, spec: { ...RUN.spec, ...run } },
        ...(endpoint && { endpoint }),
      }),
      serverConfig.parse({}),
    ),
  );

const before = planned();

const SIDECAR: Required<Omit<SidecarSpec, 'requiresServer'>> = {
  image: 'other:1',
  command: ['other'],
  args: ['--verbose'],
  env: [{ name: 'MODE', value: 'fast' }],
  ports: [{ name: 'http', containerPort: 3000 }],
  resources: { limits: { memory: '1Gi' } },
  probes: { readiness: { httpGet: { path: '/readyz', port: 'http' } } },
  terminationGracePeriod: '1m',
};

const ENDPOINT: Required<Pick<Endpoint, 'replicas' | 'authSecretRef'>> = {
  replicas: 3,
  authSecretRef: { name: 'ours' },
};

/** The gateway plugin's, or followed by the server itself, which watches its instance. */
const ENDPOINT_OF_OTHERS: Required<Omit<Endpoint, keyof typeof ENDPOINT>> = {
  hostname: 'agent.example.com',
  gateway: { name: 'public' },
  keys: ['team-a'],
  cors: { origins: ['*'] },
  rateLimit: { burst: 3 },
};

const POD_TEMPLATE = {
  resources: { limits: { cpu: '2' } },
  nodeSelector: { pool: 'web' },
  tolerations: [{ key: 'web', operator: 'Exists' }],
  affinity: { nodeAffinity: {} },
  runtimeClassName: 'gvisor',
  priorityClassName: 'high',
  imagePullSecrets: [{ name: 'registry' }],
  env: [{ name: 'LEVEL', value: 'debug' }],
};

const fieldsOf = (shape: object): string[] => Object.keys(shape).sort();
const entries = <T extends object>(fields: T) => Object.entries(fields) as [keyof T & string, T[keyof T]][];

describe('every field of a pack’s sidecar rolls out', () => {
  it('but the one by which it is chosen', () => {
    expect(fieldsOf({ ...SIDECAR, requiresServer: true })).toEqual(fieldsOf(sidecarSpec.shape));
  });

  it.each(entries(SIDECAR))('%s', (field, value) => {
    expect(planned({ sidecar: { [field]: value } })).not.toBe(before);
  });

  it.each(['startup', 'readiness', 'liveness'])('probes.%s', (probe) => {
    expect(planned({ sidecar: { probes: { [probe]: { tcpSocket: { port: 9 } } } } })).not.toBe(before);
  });
});

describe('every field of an endpoint rolls out, or is another’s', () => {
  it('which is known of each', () => {
    expect(fieldsOf({ ...ENDPOINT, ...ENDPOINT_OF_OTHERS })).toEqual(fieldsOf(endpointSpec.shape));
  });

  it.each(entries(ENDPOINT))('%s rolls out', (field, value) => {
    expect(planned({ endpoint: { [field]: value } })).not.toBe(before);
  });

  it.each(entries(ENDPOINT_OF_OTHERS))('%s restarts nothing', (field, value) => {
    expect(planned({ endpoint: { [field]: value } })).toBe(before);
  });
});

describe('every field of podTemplate rolls out', () => {
  it('of which each is known', () => {
    const shape = agentRunSpec.shape.podTemplate.unwrap().shape;
    expect(fieldsOf(POD_TEMPLATE)).toEqual(fieldsOf(shape));
  });

  it.each(entries(POD_TEMPLATE))('%s, from the instance and from the run', (field, value) => {
    const podTemplate = { [field]: value };
    expect(planned({ instance: { runDefaults: { podTemplate } } })).not.toBe(before);
    expect(planned({ run: { podTemplate } })).toBe(planned({ instance: { runDefaults: { podTemplate } } }));
  });
});

it('nothing else of an instance restarts its server', () => {
  const others: Required<Omit<NonNullable<InstanceParts['spec']>, 'endpoint' | 'skills'>> = {
    model: { provider: 'openai', name: 'other' },
    agent: { image: 'mine:1' },
    systemPrompt: 'Be brief.',
    mcpServers: [{ name: 'search', url: 'http://search' }],
    runDefaults: { timeout: '1m', ttlAfterFinished: '1m', ttlAfterFailure: '1m' },
    limits: { maxConcurrentRuns: 2 },
    history: { succeeded: 1 },
  };
  expect(fieldsOf({ ...others, endpoint: {}, skills: [] })).toEqual(fieldsOf(instanceSpec.shape));
  expect(planned({ instance: others })).toBe(before);
});

it('no field hides another, and what is taken back is as it was before', () => {
  const some = <T extends object>(fields: T) => fc.subarray(entries(fields)).map((taken) => Object.fromEntries(taken));
  const wishes = fc.record({ sidecar: some(SIDECAR), endpoint: some(ENDPOINT), run: podTemplates(some(POD_TEMPLATE)) });
  fc.assert(
    fc.property(wishes, wishes, (one, other) => {
      const isSame = JSON.stringify(one) === JSON.stringify(other);
      expect(planned(one) === planned(other)).toBe(isSame);
    }),
    { numRuns: 200 },
  );
});

const podTemplates = (some: fc.Arbitrary<object>) => some.map((podTemplate) => ({ podTemplate }));
