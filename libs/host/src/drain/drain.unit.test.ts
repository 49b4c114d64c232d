import {
  AGENT_RUN,
  SKILL_PACK,
  SYMPOZIUM_INSTANCE,
  SYMPOZIUM_SCHEDULE,
  TEARDOWN_FINALIZER,
  type AgentRun,
  type Kind,
} from '@sympozium/api';
import { KubeError } from '@sympozium/kube';
import { FakeKubeClient } from '@sympozium/kube/testing';
import { defineSkillPack } from '@sympozium/plugin-sdk';
import { settle, silentLogger } from '@sympozium/process/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { admitPlugins } from '../plugins/admit-plugins.js';
import { at, InstanceRig, PROBE_APP, PROBE_DOOR, PROBE_SECRET, probeMode, servingProbe } from '../testing/index.js';
import { Drain, type DrainOptions } from './drain.js';

const SERVER = at('demo-server');
const APP = at('demo-server-app');
const CHILDREN = [
  [PROBE_APP, APP],
  [PROBE_DOOR, at('demo-server-door')],
  [PROBE_SECRET, at('demo-server-key')],
] as const;

let rig: InstanceRig;
let client: FakeKubeClient;
let drain: Drain;
let isDone: boolean;

/** A drain of the rig’s server, where the rig’s operator has ended. */
async function begin(options: Partial<DrainOptions> = {}): Promise<void> {
  const offers = [probeMode(), { ...servingProbe(), name: 'server' }].map((plugin) => ({ from: 'test', plugin }));
  client = new FakeKubeClient({ server: rig.server });
  isDone = false;
  drain = new Drain({
    client,
    modes: await admitPlugins(offers),
    namespaces: ['default'],
    systemNamespace: 'sympozium-system',
    clock: rig.clock,
    log: silentLogger(),
    ...options,
  });
  void drain.done.then(() => (isDone = true));
}

/** The time passes, and the garbage collector works, for so many passes. */
async function passes(count: number): Promise<void> {
  for (let pass = 0; pass < count; pass += 1) {
    await rig.advance(500);
    rig.server.collectGarbage();
    await settle();
  }
}

const writes = (): string[] => client.writes.map(({ verb, kind, name }) => `${verb} ${kind?.plural} ${name}`);

const setFinalizers = (kind: Kind, key: typeof APP, finalizers: readonly string[] | null): void =>
  void rig.server.patch(kind, key, { type: 'merge', body: { metadata: { finalizers } } });

/** Holds the App as Pods do that have not ended. */
const holdApp = (): void => setFinalizers(PROBE_APP, APP, ['probe.dev/pods']);
const letGo = (): void => setFinalizers(PROBE_APP, APP, null);

beforeEach(async () => {
  rig = await InstanceRig.started();
});

afterEach(async () => {
  await drain.stop();
  await rig.stop();
});

describe('the server of an instance', () => {
  beforeEach(async () => {
    await rig.serve();
    await rig.stop();
    await begin();
  });

  it('is taken down stage by stage; its instance stays, and says so', async () => {
    await drain.start();
    await passes(6);
    expect(isDone).toBe(true);
    expect([rig.serverRun(), ...CHILDREN.map(([kind, key]) => rig.server.peek(kind, key))]).toEqual(
      Array<undefined>(4).fill(undefined),
    );
    expect(writes().filter((write) => write.startsWith('delete'))).toEqual([
      'delete agentruns demo-server',
      ...CHILDREN.map(([kind, { name }]) => `delete ${kind.plural} ${name}`),
    ]);
    expect(rig.status()?.endpoint).toBeUndefined();
    expect(rig.condition('Ready')).toMatchObject({ status: 'False', reason: 'Drained' });
    expect(rig.condition('Accepted')).toMatchObject({ status: 'True' });
  });

  it('comes back where an operator works again', async () => {
    await drain.start();
    await passes(6);
    await rig.restart();
    rig.ready(true);
    await rig.quiet();
    expect(rig.serverRun()?.status.phase).toBe('Serving');
    expect(rig.condition('Ready')).toMatchObject({ status: 'True' });
  });

  it('is waited for while its Pods end, and named', async () => {
    holdApp();
    await drain.start();
    await passes(10);
    expect(isDone).toBe(false);
    expect(drain.left).toEqual(['default/demo-server: it waits for App demo-server-app to be gone']);
    letGo();
    await passes(5);
    expect(isDone).toBe(true);
  });

  it('is taken down by the next drain where one was killed', async () => {
    holdApp();
    await drain.start();
    await passes(2);
    await drain.stop();
    letGo();
    await begin();
    await drain.start();
    await passes(6);
    expect([isDone, rig.serverRun()]).toEqual([true, undefined]);
  });

  it('is taken down although it has failed, or its instance is gone', async () => {
    const failed = { phase: 'Failed', reason: 'DeadlineExceeded' };
    rig.server.patch(AGENT_RUN, SERVER, { type: 'merge', body: { status: failed } }, { subresource: 'status' });
    rig.server.delete(SYMPOZIUM_INSTANCE, at('demo'), { propagationPolicy: 'Orphan' });
    await drain.start();
    await passes(6);
    expect([isDone, rig.serverRun()]).toEqual([true, undefined]);
  });

  it('is let go where nobody may read what it owns, since its namespace is going', async () => {
    const refused = new KubeError(403, 'Forbidden', 'is forbidden');
    rig.server.delete(AGENT_RUN, SERVER);
    client.fail(({ verb, kind }) => verb === 'list' && kind !== AGENT_RUN && kind !== SKILL_PACK, refused, {
      times: Infinity,
    });
    await drain.start();
    await passes(2);
    expect([isDone, rig.serverRun()]).toEqual([true, undefined]);
  });

  it('is named with what keeps it where it may not be deleted', async () => {
    const refused = new KubeError(403, 'Forbidden', 'a webhook says no');
    client.fail(({ verb, kind }) => verb === 'delete' && kind === AGENT_RUN, refused, { times: 3 });
    await drain.start();
    await settle();
    expect(drain.left).toEqual(['default/demo-server: a webhook says no']);
    await passes(9);
    expect(isDone).toBe(true);
  });

  it('is taken down although calls fail, and although their answers are lost', async () => {
    const broken = new KubeError(0, 'Unreachable', 'connection reset');
    client.fail(({ verb }) => verb === 'list', broken);
    for (const verb of ['delete', 'patch'])
      client.fail((call) => call.verb === verb, broken, { when: 'after', times: 2 });
    await drain.start();
    await settle();
    expect(drain.left).toEqual(['connection reset']);
    await passes(10);
    expect([isDone, rig.serverRun()]).toEqual([true, undefined]);
  });

  it('is not waited for when only somebody else’s finalizer holds it', async () => {
    setFinalizers(AGENT_RUN, SERVER, [TEARDOWN_FINALIZER, 'acme.dev/theirs']);
    await drain.start();
    await passes(6);
    expect(isDone).toBe(true);
    expect(rig.serverRun()).toMatchObject({
      metadata: { finalizers: ['acme.dev/theirs'] },
      status: { phase: 'Succeeded' },
    });
  });

  it('is let go at once where its mode is unknown; what it owns follows it', async () => {
    await begin({ modes: [] });
    await drain.start();
    await passes(2);
    rig.server.collectGarbage();
    expect([isDone, rig.serverRun(), rig.server.peek(PROBE_APP, APP)]).toEqual([true, undefined, undefined]);
  });
});

it('takes down a server run that a user made', async () => {
  rig.instance();
  rig.run({ metadata: { name: 'own' }, spec: { mode: 'server' } });
  await rig.quiet();
  expect(rig.server.peek(PROBE_APP, at('own-app'))).toBeDefined();
  await rig.stop();
  await begin({ namespaces: ['*'] });
  await drain.start();
  await passes(6);
  expect([isDone, rig.stored('own'), rig.server.peek(PROBE_APP, at('own-app'))]).toEqual([true, undefined, undefined]);
});

describe('where nothing serves', () => {
  it('is done at once, and writes nothing', async () => {
    rig.instance();
    await rig.quiet();
    await rig.stop();
    await begin();
    await drain.start();
    await settle();
    expect([isDone, writes()]).toEqual([true, []]);
  });

  it('leaves tasks, schedules and instances as they are, but for our finalizer', async () => {
    rig.instance();
    rig.run({ metadata: { name: 'works' } });
    rig.run({ metadata: { name: 'held', finalizers: [TEARDOWN_FINALIZER] } });
    rig.server.create(SYMPOZIUM_SCHEDULE, {
      ...{ apiVersion: SYMPOZIUM_SCHEDULE.apiVersion, kind: SYMPOZIUM_SCHEDULE.kind },
      metadata: { namespace: 'default', name: 'nightly' },
      spec: { instanceRef: { name: 'demo' }, schedule: '* * * * *', task: 'Work' },
    } as never);
    await rig.quiet();
    await rig.stop();
    await begin();
    await drain.start();
    await passes(200);
    expect(isDone).toBe(true);
    expect(writes()).toEqual(['patch agentruns held']);
    expect(rig.stored('held')).toMatchObject({ metadata: { finalizers: [] }, status: { phase: 'Pending' } });
    expect(rig.server.objects<AgentRun>(AGENT_RUN)).toHaveLength(2);
  });

  it('is done where our kinds are gone', async () => {
    await rig.stop();
    for (const kind of [AGENT_RUN, SYMPOZIUM_INSTANCE, SKILL_PACK, SYMPOZIUM_SCHEDULE])
      rig.server.setServed(kind, false);
    await begin();
    await drain.start();
    await settle();
    expect(isDone).toBe(true);
  });
});

it('deletes the SkillPacks of plugins, and nobody else’s', async () => {
  const tone = defineSkillPack({ name: 'tone', spec: { description: 'Tells.' } });
  await rig.restart({ packs: [tone] });
  rig.pack('mine', { description: 'Mine.' }, 'sympozium-system');
  await rig.quiet();
  expect(rig.server.objects(SKILL_PACK)).toHaveLength(2);
  await rig.stop();
  await begin();
  await drain.start();
  await settle();
  expect(isDone).toBe(true);
  expect(rig.server.objects(SKILL_PACK).map(({ metadata }) => metadata.name)).toEqual(['mine']);
});
