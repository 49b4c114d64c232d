import {
  endpointSpec,
  podTemplate,
  serverRunName,
  sidecarSpec,
  SKILL_PACK,
  SYMPOZIUM_INSTANCE,
  type JsonObject,
  type Kind,
} from '@sympozium/api';
import { DEPLOYMENT, POD_DISRUPTION_BUDGET, ROLE, SERVICE, type Deployment } from '@sympozium/plugin-sdk/manifests';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIdlePack, IDLE_PACK, IDLE_SIDECAR, IDLE_SKILLS } from '../fixture/idle-pack.js';
import { agentImage } from '../fixture/images.js';
import { Served } from '../fixture/served.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { Sympozium } from '../fixture/sympozium.js';
import { until } from '../fixture/until.js';

let system: Sympozium;

beforeAll(async () => {
  system = await Sympozium.start(suiteCluster(), { name: 'rollout', proxy: false });
});

afterAll(() => system?.stop());

/** A value for each field of a schema, and where its change must show. */
type Samples = Readonly<Record<string, JsonObject[string]>>;

const SIDECAR: Samples = {
  image: agentImage('wilful-agent'),
  command: ['sleep', '200000'],
  args: ['1'],
  env: [{ name: 'COLOUR', value: 'blue' }],
  ports: [{ name: 'http', containerPort: 8181 }],
  resources: { limits: { memory: '64Mi' } },
  probes: { liveness: { exec: { command: ['true'] } }, startup: { exec: { command: ['true'] } } },
  terminationGracePeriod: '77s',
};

const POD: Samples = {
  resources: { requests: { cpu: '33m' } },
  nodeSelector: { 'kubernetes.io/os': 'linux' },
  tolerations: [{ key: 'gpu', operator: 'Exists' }],
  affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
  runtimeClassName: 'sandboxed',
  priorityClassName: 'system-node-critical',
  imagePullSecrets: [{ name: 'registry' }],
  env: [{ name: 'SHADE', value: 'dark' }],
};

const ENDPOINT: Samples = { replicas: 2, authSecretRef: { name: 'my-keys' } };
/** What the server itself reads from its instance, or what its gateway's plugin plans. */
const READ_LIVE = ['keys', 'cors', 'rateLimit', 'hostname', 'gateway'];

const NAME = 'fields';
const RUN = serverRunName(NAME);

/** What is planned for the server, without what controllers and the API server add. */
async function planned(): Promise<string> {
  const kinds: readonly Kind[] = [DEPLOYMENT, SERVICE, POD_DISRUPTION_BUDGET, ROLE];
  const lists = await Promise.all(kinds.map((kind) => system.admin.list(kind, { namespace: system.namespace })));
  const ours = lists.flatMap(({ items }) => items).filter(({ metadata }) => metadata.name === RUN);
  return JSON.stringify(ours.map(({ kind, ...rest }) => [kind, { ...rest, metadata: undefined, status: undefined }]));
}

async function changed(what: string, patch: () => Promise<unknown>, from: string): Promise<string> {
  await patch();
  return until(what, async () => {
    const now = await planned();
    return now !== from && now;
  });
}

async function setField(kind: Kind, name: string, body: object): Promise<void> {
  await system.admin.patch(kind, { namespace: system.namespace, name }, { type: 'merge', body });
}

describe('every field', () => {
  let original: string;

  beforeAll(async () => {
    await createIdlePack(system);
    const served = await Served.create(system, NAME, { skills: IDLE_SKILLS });
    await served.serving();
    original = await planned();
  });

  it('is tried below: a new one needs its line', () => {
    expect([...Object.keys(SIDECAR), 'requiresServer'].sort()).toEqual(Object.keys(sidecarSpec.shape).sort());
    expect(Object.keys(POD).sort()).toEqual(Object.keys(podTemplate.shape).sort());
    expect([...Object.keys(ENDPOINT), ...READ_LIVE].sort()).toEqual(Object.keys(endpointSpec.shape).sort());
  });

  it.each(Object.entries(SIDECAR))('of a pack’s sidecar rolls out and back: %s', async (field, value) => {
    const set = (to: unknown) => setField(SKILL_PACK, IDLE_PACK, { spec: { sidecar: { [field]: to } } });
    const base = IDLE_SIDECAR[field];
    await changed(`${field} is rolled out`, () => set(value), original);
    const back = field === 'probes' ? { ...(base as JsonObject), liveness: null, startup: null } : (base ?? null);
    await set(back);
    await until(`${field} is rolled back`, async () => (await planned()) === original);
  });

  it.each(Object.entries(POD))('of an instance’s podTemplate rolls out and back: %s', async (field, value) => {
    const set = (to: unknown) =>
      setField(SYMPOZIUM_INSTANCE, NAME, { spec: { runDefaults: { podTemplate: { [field]: to } } } });
    await changed(`${field} is rolled out`, () => set(value), original);
    await set(null);
    await until(`${field} is rolled back`, async () => (await planned()) === original);
  });

  it.each(Object.entries(ENDPOINT))('of an instance’s endpoint rolls out and back: %s', async (field, value) => {
    const set = (to: unknown) => setField(SYMPOZIUM_INSTANCE, NAME, { spec: { endpoint: { [field]: to } } });
    await changed(`${field} is rolled out`, () => set(value), original);
    await set(null);
    await until(`${field} is rolled back`, async () => (await planned()) === original);
  });

  it('leaves the key as it is', async () => {
    const secrets = system.writes().filter(({ objectRef }) => objectRef?.resource === 'secrets');
    expect(secrets.map(({ verb }) => verb)).toEqual(['create']);
  });
});

describe('a rollout', () => {
  it('drops no request and no open stream', async () => {
    const pace = (ms: number, colour: string) => ({
      podTemplate: {
        env: [
          { name: 'SYMPOZIUM_ECHO_PACE_MS', value: String(ms) },
          { name: 'COLOUR', value: colour },
        ],
      },
    });
    const served = await Served.create(system, 'live', { runDefaults: pace(0, 'red') });
    await served.serving();
    const key = await served.key();
    const client = await served.openai();

    const slow = 'one two three four five six seven eight nine ten'.repeat(20);
    await served.patchInstance({ spec: { runDefaults: pace(40, 'red') } });
    await settled(served);
    const stream = await client.chat.completions.create({
      model: 'live',
      stream: true,
      messages: [{ role: 'user', content: slow }],
    });
    const streamed = (async () => {
      let text = '';
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
      return text;
    })();

    let rolling = true;
    let answered = 0;
    const asking = (async () => {
      while (rolling) {
        expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['live']);
        answered += 1;
      }
    })();
    for (const colour of ['green', 'blue']) {
      await served.patchInstance({ spec: { runDefaults: pace(0, colour) } });
      await settled(served);
    }
    expect(await streamed).toBe(slow);
    rolling = false;
    await asking;
    expect(answered).toBeGreaterThan(50);
    expect(await served.key()).toBe(key);
    await served.deleteInstance();
  });
});

/** Waits until only Pods of the present template are left. */
const settled = (served: Served): Promise<Deployment> =>
  until(
    'the rollout is complete',
    async () => {
      const deployment = await served.get(DEPLOYMENT, served.run);
      const { observedGeneration = 0, replicas, updatedReplicas, availableReplicas } = deployment?.status ?? {};
      const isDone =
        observedGeneration >= (deployment?.metadata.generation ?? 0) && updatedReplicas === 1 && replicas === 1;
      return isDone && availableReplicas === 1 && deployment;
    },
    60_000,
  );
