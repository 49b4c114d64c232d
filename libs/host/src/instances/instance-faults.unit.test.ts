import { AGENT_RUN, SKILL_PACK, SYMPOZIUM_INSTANCE, type AgentRun, type Kind } from '@sympozium/api';
import { KubeError } from '@sympozium/kube';
import { isWrite } from '@sympozium/kube/testing';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { at, HostRig, InstanceRig, PROBE_APP, PROBE_SECRET, SKILLS, WEB } from '../testing/index.js';

const rigs: HostRig[] = [];
afterEach(async () => {
  await Promise.all(rigs.splice(0).map((rig) => rig.stop()));
});

async function newRig(): Promise<HostRig> {
  const rig = await InstanceRig.started();
  rigs.push(rig);
  return rig;
}

const server = (rig: HostRig): AgentRun | undefined => rig.stored('demo-server');

function ready(rig: HostRig): void {
  if (!rig.server.peek(PROBE_APP, at('demo-server-app'))) return;
  const body = { status: { ready: true } };
  rig.server.patch(PROBE_APP, at('demo-server-app'), { type: 'merge', body }, { subresource: 'status' });
}

/** Lets host, garbage collector and whoever makes an App ready come to an end. */
async function converge(rig: HostRig): Promise<void> {
  for (let round = 0; round < 5; round += 1) {
    ready(rig);
    rig.server.collectGarbage();
    await rig.advance(round < 4 ? 500 : 11_000);
  }
}

function expectServed(rig: HostRig): void {
  const instance = rig.storedInstance();
  expect(server(rig)).toMatchObject({ metadata: { generation: expect.anything() }, status: { phase: 'Serving' } });
  // What somebody else adds stays, as in any object that is applied.
  expect(server(rig)?.spec).toMatchObject({ ...instance?.spec.runDefaults });
  expect(rig.server.objects(AGENT_RUN)).toHaveLength(1);
  expect(rig.server.objects(PROBE_APP)).toHaveLength(1);
  expect(rig.server.objects(PROBE_SECRET)).toHaveLength(1);
  expect(instance?.status).toMatchObject({
    observedGeneration: instance?.metadata.generation,
    endpoint: { url: 'http://probe.example', ready: true },
    activeRuns: 0,
    queuedRuns: 0,
  });
}

const LEFT: readonly Kind[] = [AGENT_RUN, PROBE_APP, PROBE_SECRET];

function expectUnserved(rig: HostRig): void {
  for (const kind of LEFT) expect(rig.server.objects(kind)).toEqual([]);
  expect(rig.storedInstance()?.status?.endpoint).toBeUndefined();
}

/** A life of an instance: each step, and what holds after it. */
const LIFE: readonly (readonly [(rig: HostRig) => void, (rig: HostRig) => void])[] = [
  [(rig) => void rig.instance({ spec: { skills: SKILLS } }), expectServed],
  [(rig) => rig.patchInstance({ runDefaults: { podTemplate: { nodeSelector: { disk: 'ssd' } } } }), expectServed],
  [(rig) => rig.patchInstance({ runDefaults: null }), expectServed],
  [(rig) => rig.patchInstance({ skills: [] }), expectUnserved],
  [(rig) => rig.patchInstance({ skills: SKILLS }), expectServed],
  [(rig) => rig.server.delete(SYMPOZIUM_INSTANCE, at('demo')), expectUnserved],
];

async function liveThrough(rig: HostRig, mend: () => Promise<void>): Promise<void> {
  rig.pack('web', WEB);
  for (const [step, holds] of LIFE) {
    step(rig);
    await converge(rig);
    await mend();
    holds(rig);
  }
}

/** Counts the server runs that were ever made. */
function countServerRuns(rig: HostRig): () => number {
  const uids = new Set<string>();
  rig.server.table.history.listen(({ object }) => {
    if (object.kind === AGENT_RUN.kind) uids.add(object.metadata.uid ?? '');
  });
  return () => uids.size;
}

describe('an operator that is killed at any of its writes', () => {
  it.each(['before', 'after'] as const)(
    '%s it, makes one server run at a time, and leaves nothing',
    async (when) => {
      const undisturbed = await newRig();
      await liveThrough(undisturbed, async () => undefined);
      const total = undisturbed.allWrites.length;
      expect(total).toBeGreaterThan(15);

      for (let nth = 1; nth <= total; nth += 1) {
        const rig = await newRig();
        const made = countServerRuns(rig);
        let killed = false;
        const kill = async (): Promise<never> => {
          killed = true;
          await rig.client.close();
          throw new KubeError(0, 'Unreachable', 'the operator is dead');
        };
        rig.client.intercept({ matches: isWrite, nth, [when]: kill });
        let restarted = false;
        await liveThrough(rig, async () => {
          if (!killed || restarted) return;
          restarted = true;
          await rig.restart();
          await converge(rig);
        });
        expect(restarted).toBe(true);
        expect(made()).toBe(2);
        await rig.stop();
      }
    },
    60_000,
  );
});

type Deed = (rig: HostRig) => unknown;

/** Whatever may happen to an instance, its pack, its run and the way to the API server, in any order. */
const DEEDS: Readonly<Record<string, Deed>> = {
  edit: (rig) => rig.patchInstance({ runDefaults: { podTemplate: { nodeSelector: { at: `${rig.clock.now()}` } } } }),
  'edit back': (rig) => rig.patchInstance({ runDefaults: null }),
  'remove the skill': (rig) => rig.patchInstance({ skills: [] }),
  'add the skill': (rig) => rig.patchInstance({ skills: SKILLS }),
  'delete the pack': (rig) => present(rig, SKILL_PACK, 'web') && rig.server.delete(SKILL_PACK, at('web')),
  'break the pack': (rig) => patchPack(rig, { params: { type: 'colour' } }),
  'mend the pack': (rig) => patchPack(rig, { params: null }),
  'delete the run': (rig) => server(rig) && rig.server.delete(AGENT_RUN, at('demo-server')),
  'edit the run': (rig) => server(rig) && rig.patchSpec('demo-server', { podTemplate: { nodeSelector: { a: 'b' } } }),
  'break the run': (rig) => server(rig) && rig.patchSpec('demo-server', { params: { wrong: true } }),
  'make the instance again': (rig) => {
    rig.server.delete(SYMPOZIUM_INSTANCE, at('demo'));
    rig.instance({ spec: { skills: SKILLS } });
  },
  'collect garbage': (rig) => rig.server.collectGarbage(),
  'make it ready': ready,
  restart: (rig) => rig.restart(),
  wait: (rig) => rig.advance(3_000),
  'fail a write': (rig) => rig.client.fail(isWrite, new KubeError(500, 'InternalError', 'oops')),
  'lose an answer': (rig) => rig.client.fail(isWrite, new KubeError(0, 'Unreachable', 'reset'), { when: 'after' }),
  'freeze the watches': (rig) => rig.client.watches.freeze(),
  'thaw the watches': (rig) => rig.client.watches.thaw(),
};

const present = (rig: HostRig, kind: typeof SKILL_PACK, name: string): boolean =>
  rig.server.peek(kind, at(name)) !== undefined;

const patchPack = (rig: HostRig, spec: object): unknown =>
  present(rig, SKILL_PACK, 'web') && rig.server.patch(SKILL_PACK, at('web'), { type: 'merge', body: { spec } });

describe('whatever happens in whatever order', () => {
  it('ends as the instance and its pack wish', async () => {
    const deeds = fc.array(fc.constantFrom(...Object.keys(DEEDS)), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(deeds, fc.boolean(), async (names, wantsServer) => {
        const rig = await newRig();
        rig.pack('web', WEB);
        rig.instance({ spec: { skills: SKILLS } });
        for (const name of names) {
          await DEEDS[name]?.(rig);
          await rig.quiet();
        }
        rig.client.watches.thaw();
        if (present(rig, SKILL_PACK, 'web')) patchPack(rig, { params: null });
        else rig.pack('web', WEB);
        // What a user adds to the run is his to take away; an edit of the instance makes a run that failed give way.
        if (server(rig)) rig.patchSpec('demo-server', { params: null });
        rig.patchInstance({ skills: wantsServer ? SKILLS : [], systemPrompt: 'The last word.' });
        await converge(rig);
        if (wantsServer) expectServed(rig);
        else expectUnserved(rig);
        rig.client.forgetCalls();
        await rig.advance(60 * 60_000);
        expect(rig.allWrites).toEqual([]);
        await rig.stop();
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});

describe('many instances', () => {
  it('that serve cost no writes while nothing happens, nor when the operator starts again', async () => {
    const rig = await newRig();
    rig.pack('web', WEB);
    const names = Array.from({ length: 200 }, (_, nth) => `demo-${nth}`);
    for (const name of names) rig.instance({ metadata: { name }, spec: { skills: SKILLS } });
    await rig.quiet();
    for (const name of names) {
      const key = at(`${name}-server-app`);
      rig.server.patch(PROBE_APP, key, { type: 'merge', body: { status: { ready: true } } }, { subresource: 'status' });
    }
    await rig.advance(30_000);
    expect(rig.storedInstance('demo-199')?.status?.endpoint?.ready).toBe(true);
    rig.client.forgetCalls();
    await rig.advance(10 * 60_000);
    await rig.restart();
    await rig.advance(60_000);
    expect(rig.allWrites).toEqual([]);
  }, 60_000);
});
