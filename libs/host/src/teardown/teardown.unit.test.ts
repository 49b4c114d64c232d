import { AGENT_RUN, SYMPOZIUM_INSTANCE, TEARDOWN_FINALIZER } from '@sympozium/api';
import { createInformer, KubeError } from '@sympozium/kube';
import { FakeKubeClient, type Call } from '@sympozium/kube/testing';
import { seededRandom, silentLogger } from '@sympozium/process/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { at, CHILD, CHILDREN, PROBE_APP, PROBE_DOOR, PROBE_SECRET, ServingRig } from '../testing/index.js';

let rig: ServingRig;

beforeEach(async () => {
  rig = await ServingRig.started();
});

afterEach(() => rig.stop());

describe('a run that served and is deleted', () => {
  const remove = async (): Promise<void> => {
    rig.server.delete(AGENT_RUN, at('hello'));
    await rig.collect();
  };

  it('is taken down stage by stage, shows that it succeeded, and goes', async () => {
    await rig.serve();
    const phases: string[] = [];
    const watcher = createInformer(
      {
        client: new FakeKubeClient({ server: rig.server }),
        clock: rig.clock,
        random: seededRandom(3),
        log: silentLogger(),
      },
      { kind: AGENT_RUN },
    );
    watcher.onEvent(({ object }) => phases.push(object.status.phase));
    await watcher.start();
    await remove();
    await watcher.stop();
    expect(rig.writes.filter((write) => !write.startsWith('POST'))).toEqual([
      'DELETE apps',
      'DELETE doors',
      'DELETE secrets',
      'PATCH agentruns/status',
      'PATCH agentruns',
    ]);
    expect(rig.stored()).toBeUndefined();
    expect([...new Set(phases)]).toEqual(['Serving', 'Succeeded']);
    expect(rig.events()).toEqual(['Succeeded']);
  });

  it('waits for the workload to be gone before anything else goes', async () => {
    await rig.serve();
    rig.server.patch(PROBE_APP, CHILD.app, { type: 'merge', body: { metadata: { finalizers: ['probe.dev/pods'] } } });
    await rig.quiet();
    rig.client.forgetCalls();
    await remove();
    expect(rig.writes).toEqual(['DELETE apps']);
    rig.server.patch(PROBE_APP, CHILD.app, { type: 'merge', body: { metadata: { finalizers: null } } });
    await rig.collect();
    expect(rig.stored()).toBeUndefined();
  });

  it('does not wait for ever for a workload that does not go', async () => {
    await rig.serve();
    rig.server.patch(PROBE_APP, CHILD.app, { type: 'merge', body: { metadata: { finalizers: ['probe.dev/pods'] } } });
    await rig.quiet();
    await remove();
    await rig.advance(15 * 60_000);
    expect(rig.stored()).toBeUndefined();
  });

  it('deletes nothing that it does not control', async () => {
    await rig.serve();
    rig.server.patch(PROBE_SECRET, CHILD.key, { type: 'merge', body: { metadata: { ownerReferences: null } } });
    await remove();
    expect(rig.stored()).toBeUndefined();
    expect(rig.server.peek(PROBE_SECRET, CHILD.key)).toBeDefined();
  });

  it.each([
    ['children that are absent', () => rig.server.delete(PROBE_APP, CHILD.app)],
    [
      'an API that is gone with its objects, unseen',
      () => {
        rig.client.watches.freeze(PROBE_DOOR);
        rig.server.delete(PROBE_DOOR, CHILD.door);
        rig.server.setServed(PROBE_DOOR, false);
      },
    ],
    [
      'deletions that are refused',
      () =>
        rig.client.fail(({ verb }) => verb === 'delete', new KubeError(403, 'Forbidden', 'no'), { times: Infinity }),
    ],
  ])('is not held up by %s', async (_, spoil) => {
    await rig.serve();
    spoil();
    await remove();
    await rig.advance(60_000);
    expect(rig.stored()).toBeUndefined();
  });

  it('goes when its mode’s plugin is gone, with a warning, and leaves the rest to the garbage collector', async () => {
    await rig.serve();
    await rig.restart({ modes: [] });
    await remove();
    expect(rig.stored()).toBeUndefined();
    expect(rig.events()).toEqual(expect.arrayContaining(['ModeUnknown', 'Succeeded']));
  });

  it('ends well, too, before it ever served, whatever is in its way', async () => {
    const foreign = rig.server.create(PROBE_DOOR, {
      apiVersion: PROBE_DOOR.apiVersion,
      kind: PROBE_DOOR.kind,
      metadata: CHILD.door,
    });
    await rig.create();
    expect(rig.stored()?.status).toMatchObject({ phase: 'Pending', reason: 'NameConflict' });
    await remove();
    expect(rig.stored()).toBeUndefined();
    expect(rig.server.objects(PROBE_APP)).toEqual([]);
    expect(rig.server.objects(PROBE_SECRET)).toEqual([]);
    expect(rig.server.peek(PROBE_DOOR, CHILD.door)?.metadata.uid).toBe(foreign.metadata.uid);
    expect(rig.events()).toEqual(['Succeeded']);
  });

  it('goes at once when nothing had been made for it yet', async () => {
    rig.server.delete(SYMPOZIUM_INSTANCE, at('demo'));
    await rig.create();
    expect(rig.stored()?.status.reason).toBe('InstanceNotFound');
    await remove();
    expect(rig.stored()).toBeUndefined();
    expect(rig.events()).toEqual([]);
  });

  it('stays failed, and is not said to have succeeded, if it had failed', async () => {
    await rig.create();
    rig.patchSpec('hello', { params: { wrong: true } });
    await rig.quiet();
    const { phase } = rig.stored()?.status ?? {};
    rig.patch(AGENT_RUN, at('hello'), { metadata: { finalizers: [TEARDOWN_FINALIZER, 'their.dev/hold'] } });
    await remove();
    expect([phase, rig.stored()?.status.phase]).toEqual(['Failed', 'Failed']);
    expect(rig.events()).toEqual(['InvalidParams']);
  });

  it('shows its end once where somebody else’s finalizer holds it longer', async () => {
    await rig.serve();
    rig.patch(AGENT_RUN, at('hello'), { metadata: { finalizers: [TEARDOWN_FINALIZER, 'their.dev/hold'] } });
    await rig.quiet();
    await remove();
    expect(rig.stored()).toMatchObject({
      metadata: { finalizers: ['their.dev/hold'] },
      status: { phase: 'Succeeded' },
    });
    rig.client.forgetCalls();
    await rig.advance(60 * 60_000);
    expect(rig.writes).toEqual([]);
    rig.patch(AGENT_RUN, at('hello'), { metadata: { finalizers: null } });
    await rig.collect();
    expect(rig.stored()).toBeUndefined();
  });

  it('goes with its namespace, in which nothing can be made any more, whatever goes first', async () => {
    await rig.serve();
    const terminating = new KubeError(403, 'Forbidden', 'because it is being terminated');
    const makes = ({ verb, kind, name = '' }: Call): boolean =>
      verb === 'create' || (verb === 'patch' && kind !== undefined && !rig.server.peek(kind, at(name)));
    rig.client.fail(makes, terminating, { times: Infinity });
    for (const [kind, name] of CHILDREN.map(([, kind, name]) => [kind, name] as const)) {
      rig.server.delete(kind, name);
      await rig.advance(5_000);
    }
    rig.server.delete(SYMPOZIUM_INSTANCE, at('demo'));
    await rig.quiet();
    await remove();
    expect(rig.stored()).toBeUndefined();
    for (const kind of [PROBE_APP, PROBE_DOOR, PROBE_SECRET]) expect(rig.server.objects(kind)).toEqual([]);
    expect(rig.writes.length).toBeLessThan(30);
  });

  it('may be made again under its name at once', async () => {
    await rig.serve();
    const old = rig.text('api-key');
    await remove();
    await rig.create();
    expect(rig.stored()?.metadata.finalizers).toEqual([TEARDOWN_FINALIZER]);
    expect(rig.text('api-key')).not.toBe(old);
  });
});
