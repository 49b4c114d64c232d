import { AGENT_RUN, LABEL, type Kind } from '@sympozium/api';
import {
  DEPLOYMENT,
  POD_DISRUPTION_BUDGET,
  ROLE,
  ROLE_BINDING,
  SECRET,
  SERVICE,
  SERVICE_ACCOUNT,
} from '@sympozium/plugin-sdk/manifests';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiInterposer, type Fate, type Write } from '../fixture/api-interposer.js';
import { createIdlePack, IDLE_SKILLS } from '../fixture/idle-pack.js';
import { Served } from '../fixture/served.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { Sympozium } from '../fixture/sympozium.js';
import { until } from '../fixture/until.js';

let system: Sympozium;
let api: ApiInterposer;

beforeAll(async () => {
  system = await Sympozium.start(suiteCluster(), { name: 'server-crash', operator: false, proxy: false });
  api = await ApiInterposer.start(system.operatorAccount.kubeconfig);
  await system.startOperator(api.kubeconfig);
  // A server that costs nothing: what is tested is what stands around it.
  await createIdlePack(system);
});

afterAll(async () => {
  await system?.stop();
  await api?.stop();
});

const CHILDREN: readonly Kind[] = [
  SECRET,
  SERVICE_ACCOUNT,
  ROLE,
  ROLE_BINDING,
  DEPLOYMENT,
  POD_DISRUPTION_BUDGET,
  SERVICE,
];

/** Of how many kinds there are objects of the server, and how many there are. */
async function children(served: Served): Promise<readonly string[]> {
  const options = { namespace: system.namespace, labelSelector: `${LABEL.run}=${served.run}` };
  const lists = await Promise.all([AGENT_RUN, ...CHILDREN].map((kind: Kind) => system.admin.list(kind, options)));
  return lists.flatMap(({ items }) => items.map(({ kind, metadata }) => `${kind} ${metadata.name}`));
}

const everyChild = (served: Served): readonly string[] => [
  `AgentRun ${served.run}`,
  ...CHILDREN.map(({ kind }) => `${kind} ${served.run}${kind === SECRET.kind ? '-api-key' : ''}`),
];

/** One thing that its user does to a server. */
interface Act {
  readonly does: string;
  /** The operator's writes meanwhile, as `METHOD resource`, in an order that is always the same. */
  readonly writes: readonly string[];
  prepare(served: Served): Promise<void>;
  act(served: Served): Promise<void>;
  done(served: Served): Promise<void>;
}

const replicas = (count: number) => ({ spec: { endpoint: { replicas: count } } });

async function serves(served: Served): Promise<void> {
  await served.serving();
  expect(await children(served)).toEqual(everyChild(served));
}

const ACTS: readonly Act[] = [
  {
    does: 'creates it',
    writes: [
      'POST agentruns',
      'PATCH agentruns',
      'POST secrets',
      'PATCH serviceaccounts',
      'PATCH roles',
      'PATCH rolebindings',
      'PATCH deployments',
      'PATCH poddisruptionbudgets',
      'PATCH services',
      'PATCH agentruns/status',
      'PATCH sympoziuminstances/status',
    ],
    prepare: async () => {},
    act: async () => {},
    done: serves,
  },
  {
    does: 'changes it',
    writes: ['PATCH deployments'],
    prepare: serves,
    act: (served) => served.patchInstance(replicas(3)),
    done: async (served) => {
      await until('it has three Pods', async () => {
        const deployment = await served.get(DEPLOYMENT, served.run);
        return deployment?.status?.availableReplicas === 3;
      });
      await serves(served);
    },
  },
  {
    does: 'deletes it',
    writes: [
      'DELETE deployments',
      'DELETE services',
      'DELETE rolebindings',
      'PATCH agentruns/status',
      'POST events',
      'PATCH agentruns',
    ],
    prepare: async (served) => {
      await serves(served);
      // Without Pods that have to drain, an end is seen at once.
      await served.patchInstance(replicas(0));
      await until('it has no Pod', async () => {
        const pods = await system.pods();
        return pods.every(({ metadata }) => metadata.labels?.[LABEL.run] !== served.run);
      });
    },
    act: (served) => served.deleteInstance(),
    done: async (served) => {
      await until('nothing of it is left', async () => (await children(served)).length === 0, 60_000);
    },
  },
];

const named = ({ method, path }: Write): string => {
  const [resource = '', , subresource] = path.replace(/.*\/namespaces\/[^/]+\//, '').split('/');
  return `${method} ${resource}${subresource === undefined ? '' : `/${subresource}`}`;
};

const points = ACTS.flatMap((act) =>
  act.writes.flatMap((write) =>
    (['kill-before', 'kill-after'] as const).map((fate) => ({ ...act, act: act.act, write, fate })),
  ),
);

/** Lets the operator die at the first such write; the promise resolves when it is dead. */
const killAt = (write: string, fate: Fate): Promise<void> =>
  new Promise((resolve) => {
    let armed = true;
    api.arm(
      (one) => {
        if (!armed || named(one) !== write) return 'pass';
        armed = false;
        return fate;
      },
      async () => {
        await system.operator.kill();
        resolve();
      },
    );
  });

const make = (point: (typeof points)[number]): Promise<Served> =>
  Served.create(system, `s${points.indexOf(point)}`, {
    skills: IDLE_SKILLS,
    endpoint: { replicas: 2 },
  });

/** Every server to which something happens in its life, ready for it: made side by side, since each takes seconds. */
const prepared = new Map<string, Promise<ReadonlyMap<object, Served>>>();

async function prepareAll(does: string): Promise<ReadonlyMap<object, Served>> {
  const all = points.filter((point) => point.does === does);
  const entries = all.map(async (point) => {
    const served = await make(point);
    await point.prepare(served);
    return [point, served] as const;
  });
  return new Map(await Promise.all(entries));
}

async function preparedFor(point: (typeof points)[number]): Promise<Served | undefined> {
  const all = prepared.get(point.does) ?? prepareAll(point.does);
  prepared.set(point.does, all);
  return (await all).get(point);
}

describe('an operator whose user', () => {
  it.each(points)('$does and that dies: $fate $write → one of each, or nothing left', async (point) => {
    const creates = point.does === 'creates it';
    const ready = creates ? undefined : await preparedFor(point);
    await system.quiet(300);
    const killed = killAt(point.write, point.fate);
    const served = ready ?? (await make(point));
    await point.act(served);
    await killed;
    api.arm(
      () => 'pass',
      async () => {},
    );
    await system.startOperator(api.kubeconfig);
    await point.done(served);
    if (creates) await served.deleteInstance();
  });
});
