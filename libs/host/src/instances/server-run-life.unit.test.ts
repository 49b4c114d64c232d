import { AGENT_RUN, ANNOTATION, LABEL, SKILL_PACK, SYMPOZIUM_INSTANCE } from '@sympozium/api';
import { KubeError } from '@sympozium/kube';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { at, InstanceRig, PROBE_APP, SKILLS, WEB } from '../testing/index.js';

let rig: InstanceRig;

beforeEach(async () => {
  rig = await InstanceRig.started();
});

afterEach(() => rig.stop());

describe('an instance', () => {
  it.each(['Background', 'Foreground'] as const)(
    'takes its run along, deleted in the %s',
    async (propagationPolicy) => {
      await rig.serve();
      rig.server.delete(SYMPOZIUM_INSTANCE, at('demo'), { propagationPolicy });
      await rig.collect();
      expect(rig.storedInstance()).toBeUndefined();
      expect(rig.serverRun()).toBeUndefined();
      expect(rig.server.objects(PROBE_APP)).toEqual([]);
    },
  );

  it('leaves its run to serve on when it is deleted without it, and has it back when it is made again', async () => {
    await rig.serve();
    const uid = rig.serverRun()?.metadata.uid;
    // As the API server and the garbage collector do it.
    rig.server.patch(SYMPOZIUM_INSTANCE, at('demo'), { type: 'merge', body: { metadata: { finalizers: ['orphan'] } } });
    rig.server.delete(SYMPOZIUM_INSTANCE, at('demo'));
    await rig.quiet();
    rig.server.patch(AGENT_RUN, at('demo-server'), { type: 'merge', body: { metadata: { ownerReferences: null } } });
    await rig.quiet();
    rig.server.patch(SYMPOZIUM_INSTANCE, at('demo'), { type: 'merge', body: { metadata: { finalizers: null } } });
    await rig.collect();
    expect(rig.storedInstance()).toBeUndefined();
    expect(rig.serverRun()).toMatchObject({ metadata: { uid }, status: { phase: 'Serving' } });
    expect(rig.server.objects(PROBE_APP)).toHaveLength(1);

    const again = rig.instance({ spec: { skills: SKILLS } });
    await rig.collect();
    expect(rig.serverRun()?.metadata).toMatchObject({ uid, ownerReferences: [{ uid: again.metadata.uid }] });
    expect(rig.condition('Ready')).toMatchObject({ status: 'True' });
  });

  it('that is deleted while its run is being made leaves nothing', async () => {
    rig.pack('web', WEB);
    const remove = (): void => rig.server.delete(SYMPOZIUM_INSTANCE, at('demo'));
    rig.client.intercept({
      matches: ({ verb, kind }) => verb === 'create' && kind === AGENT_RUN,
      before: remove,
    });
    rig.instance({ spec: { skills: SKILLS } });
    await rig.collect();
    expect(rig.serverRun()).toBeUndefined();
    expect(rig.server.objects(PROBE_APP)).toEqual([]);
  });

  it('whose skill is back before its run has gone ends as it was edited last', async () => {
    await rig.serve();
    rig.patchInstance({ skills: [] });
    await rig.quiet();
    rig.patchInstance({ skills: SKILLS });
    await rig.collect();
    expect(rig.serverRun()).toMatchObject({
      metadata: { labels: { [LABEL.mode]: 'server' } },
      status: { phase: 'Pending' },
    });
    expect(rig.server.objects(PROBE_APP)).toHaveLength(1);
    expect(rig.status()?.observedGeneration).toBe(rig.storedInstance()?.metadata.generation);
  });

  it('that is made again gets a run of its own, its predecessor’s gone', async () => {
    await rig.serve();
    const uid = rig.serverRun()?.metadata.uid;
    rig.server.delete(SYMPOZIUM_INSTANCE, at('demo'));
    const instance = rig.instance({ spec: { skills: SKILLS } });
    await rig.collect();
    expect(rig.serverRun()?.metadata.uid).not.toBe(uid);
    expect(rig.serverRun()?.metadata.ownerReferences).toMatchObject([{ uid: instance.metadata.uid }]);
  });
});

describe('a run that somebody else made under the name of the server run', () => {
  it.each(['probe', 'server'])('in mode %s stays, and is a named condition', async (mode) => {
    rig.pack('web', WEB);
    rig.instance({ spec: { skills: [] } });
    const foreign = rig.run({ metadata: { name: 'demo-server' }, spec: { mode } });
    await rig.quiet();
    rig.patchInstance({ skills: SKILLS });
    await rig.advance(120_000);
    expect(rig.serverRun()?.metadata.uid).toBe(foreign.metadata.uid);
    expect(rig.serverRun()?.metadata.annotations?.[ANNOTATION.appliedHash]).toBeUndefined();
    expect(rig.condition('Ready')).toMatchObject({ status: 'False', reason: 'NameConflict' });
    expect(rig.condition('Ready')?.message).toContain('AgentRun demo-server');
    expect(rig.writesOf('sympoziuminstances').length).toBeLessThan(5);

    rig.patchInstance({ skills: [] });
    await rig.quiet();
    expect(rig.serverRun()?.metadata.uid).toBe(foreign.metadata.uid);
    expect(rig.condition('Ready')).toBeUndefined();

    rig.patchInstance({ skills: SKILLS });
    rig.server.delete(AGENT_RUN, at('demo-server'));
    await rig.collect();
    expect(rig.serverRun()?.metadata.annotations?.[ANNOTATION.appliedHash]).toBeDefined();
    expect(rig.condition('Ready')?.reason).not.toBe('NameConflict');
  });
});

describe('a server run that failed', () => {
  async function fail(): Promise<string | undefined> {
    rig.pack('web', WEB);
    rig.instance({ spec: { skills: SKILLS } });
    await rig.quiet();
    rig.patchSpec('demo-server', { params: { wrong: true } });
    await rig.advance(60_000);
    expect(rig.serverRun()?.status).toMatchObject({ phase: 'Failed', reason: 'InvalidParams' });
    return rig.serverRun()?.metadata.uid;
  }

  it('stays as long as the instance does, with its reason', async () => {
    const uid = await fail();
    expect(rig.condition('Ready')).toMatchObject({ status: 'False', reason: 'InvalidParams' });
    await rig.advance(30 * 60_000);
    expect(rig.serverRun()?.metadata.uid).toBe(uid);
  });

  it('makes way for another one when the instance is edited', async () => {
    const uid = await fail();
    rig.patchInstance({ systemPrompt: 'Try again.' });
    await rig.collect();
    expect(rig.serverRun()?.metadata.uid).not.toBe(uid);
    expect(rig.serverRun()?.status.phase).toBe('Pending');
  });

  it('makes way, too, when the edit was seen while a pack was missing', async () => {
    const uid = await fail();
    rig.server.delete(SKILL_PACK, at('web'));
    rig.patchInstance({ systemPrompt: 'Try again.' });
    await rig.collect();
    expect(rig.serverRun()?.metadata.uid).toBe(uid);
    rig.pack('web', WEB);
    await rig.collect();
    expect(rig.serverRun()?.metadata.uid).not.toBe(uid);
    expect(rig.serverRun()?.status.phase).toBe('Pending');
  });
});

describe('an API server that refuses the server run', () => {
  it('is a named condition, tried again in a while', async () => {
    const quota = new KubeError(403, 'Forbidden', 'exceeded quota: agentruns');
    const end = rig.client.fail(({ verb, kind }) => verb === 'create' && kind === AGENT_RUN, quota, {
      times: Infinity,
    });
    rig.pack('web', WEB);
    rig.instance({ spec: { skills: SKILLS } });
    await rig.advance(120_000);
    expect(rig.condition('Ready')).toMatchObject({ status: 'False', reason: 'ApplyFailed' });
    expect(rig.condition('Ready')?.message).toContain('exceeded quota');
    expect(rig.allWrites.length).toBeLessThan(8);
    end();
    await rig.advance(30_000);
    expect(rig.serverRun()).toBeDefined();
  });
});
