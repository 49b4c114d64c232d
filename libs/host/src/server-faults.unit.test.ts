import { AGENT_RUN, ANNOTATION, SYMPOZIUM_INSTANCE } from '@sympozium/api';
import { KubeError } from '@sympozium/kube';
import { FakeKubeClient } from '@sympozium/kube/testing';
import { seededRandom, silentLogger } from '@sympozium/process/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { admitPlugins, CoreHost } from './index.js';
import { at, HostRig, isRunWrite, PROBE_APP, PROBE_DOOR, PROBE_SECRET, servingProbe } from './testing/index.js';

let rig: HostRig;

afterEach(() => rig.stop());

async function newRig(): Promise<void> {
  rig = new HostRig({ modes: await admitPlugins([{ from: 'test', plugin: servingProbe() }]) });
  rig.instance();
  await rig.start();
}

const instance = (body: object): unknown => rig.server.patch(SYMPOZIUM_INSTANCE, at('demo'), { type: 'merge', body });

const key = (entry = 'api-key'): string | undefined => rig.server.peek(PROBE_SECRET, at('hello-key'))?.data?.[entry];

const everything = (): number =>
  [AGENT_RUN, PROBE_APP, PROBE_DOOR, PROBE_SECRET].reduce((sum, kind) => sum + rig.server.objects(kind).length, 0);

/** What a user does to a server in its life, and what must be the case after each of it. */
const STORY: readonly { readonly does: string; act(): void; holds(): void }[] = [
  {
    does: 'creates it',
    act: () => void rig.bareRun({ spec: { mode: 'serving-probe' } }),
    holds: () => {
      expect(everything()).toBe(4);
      expect(rig.stored()?.metadata.ownerReferences).toHaveLength(1);
    },
  },
  {
    does: 'sees it serve',
    act: () => {
      const ready = { type: 'merge', body: { status: { ready: true } } } as const;
      rig.server.patch(PROBE_APP, at('hello-app'), ready, { subresource: 'status' });
    },
    holds: () => expect(rig.stored()?.status.phase).toBe('Serving'),
  },
  {
    does: 'changes it',
    act: () => void instance({ spec: { endpoint: { replicas: 3 } } }),
    holds: () => expect(rig.server.peek(PROBE_APP, at('hello-app'))?.spec.replicas).toBe(3),
  },
  {
    does: 'rotates its key',
    act: () => void instance({ metadata: { annotations: { [ANNOTATION.keyEpoch]: '2' } } }),
    holds: () => {
      const { key: previous } = JSON.parse(Buffer.from(key('api-key-previous') ?? '', 'base64').toString());
      expect(previous).toMatch(/^sk-/);
      expect(previous).not.toBe(Buffer.from(key() ?? '', 'base64').toString());
    },
  },
  {
    does: 'deletes it',
    act: () => void rig.server.delete(AGENT_RUN, at('hello')),
    holds: () => expect(everything()).toBe(0),
  },
];

/** Plays the garbage collector until it finds nothing more. */
async function settle(): Promise<void> {
  do await rig.advance(1_000);
  while (rig.server.collectGarbage() > 0);
  await rig.advance(60_000);
}

/** Writes that the story takes when nothing fails. */
const WRITES = 14;
const points = Array.from({ length: WRITES }, (_, at) => at + 1).flatMap((nth) => [
  { nth, when: 'before' as const },
  { nth, when: 'after' as const },
]);

describe('an operator that is killed', () => {
  it('makes exactly the writes that are tried below', async () => {
    await newRig();
    for (const { act, holds } of STORY) {
      act();
      await settle();
      holds();
    }
    expect(rig.client.writes.filter(isRunWrite)).toHaveLength(WRITES);
  });

  it.each(points)('$when its write $nth converges: one of each, and nothing left in the end', async ({ nth, when }) => {
    await newRig();
    let killed = false;
    const kill = async (): Promise<void> => {
      killed = true;
      await rig.client.close();
      throw new KubeError(0, 'Unreachable', 'the operator is dead');
    };
    rig.client.intercept({ matches: isRunWrite, nth, [when]: kill });
    for (const { act, holds } of STORY) {
      act();
      await settle();
      if (killed) await rig.restart();
      await settle();
      holds();
    }
    expect(killed).toBe(true);
  });
});

describe('two operators of which none knows that the other acts, too', () => {
  it('end as one would, and then leave each other alone', async () => {
    await newRig();
    const client = new FakeKubeClient({ server: rig.server });
    const second = new CoreHost({
      client,
      modes: await admitPlugins([{ from: 'test', plugin: servingProbe() }]),
      namespaces: ['default'],
      systemNamespace: 'sympozium-system',
      clock: rig.clock,
      random: seededRandom(99),
      log: silentLogger(),
    });
    await second.cache.start();
    await second.controllers.start();
    for (const { act, holds } of STORY) {
      act();
      await settle();
      holds();
      client.forgetCalls();
      rig.client.forgetCalls();
      await rig.advance(10 * 60_000);
      expect([...client.writes, ...rig.client.writes]).toEqual([]);
    }
    await second.controllers.stop();
    await second.cache.stop();
  });
});

describe('an API server that fails', () => {
  it.each([
    ['500', new KubeError(500, 'InternalError', 'oops')],
    ['a conflict', new KubeError(409, 'Conflict', 'modified')],
    ['a reset connection', new KubeError(0, 'Unreachable', 'reset')],
  ])('with %s at any write of a server, before or after it, only costs time', async (_what, error) => {
    for (const { nth, when } of points) {
      await newRig();
      rig.client.fail(isRunWrite, error, { when, nth });
      for (const { act, holds } of STORY) {
        act();
        await settle();
        holds();
      }
      await rig.stop();
    }
  });
});
