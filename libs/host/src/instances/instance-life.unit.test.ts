import { AGENT_RUN, LABEL, SKILL_PACK } from '@sympozium/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { at, InstanceRig, PROBE_APP, SKILLS, WEB } from '../testing/index.js';

let rig: InstanceRig;

beforeEach(async () => {
  rig = await InstanceRig.started();
});

afterEach(() => rig.stop());

describe('an instance that nobody serves', () => {
  it('is accepted with one write, has no server run and no Ready, and costs nothing more', async () => {
    rig.instance();
    await rig.advance(60 * 60_000);
    expect(rig.allWrites).toEqual(['PATCH sympoziuminstances/status']);
    expect(rig.serverRun()).toBeUndefined();
    expect(rig.status()).toEqual({
      observedGeneration: 1,
      conditions: [
        {
          type: 'Accepted',
          status: 'True',
          reason: 'Accepted',
          message: '',
          lastTransitionTime: rig.storedInstance()?.metadata.creationTimestamp,
          observedGeneration: 1,
        },
      ],
      activeRuns: 0,
      queuedRuns: 0,
    });
  });

  it('tells which edit was looked at', async () => {
    rig.instance();
    await rig.quiet();
    rig.patchInstance({ systemPrompt: 'Be brief.' });
    await rig.quiet();
    expect(rig.status()?.observedGeneration).toBe(2);
    expect(rig.allWrites).toHaveLength(2);
  });
});

describe('an instance whose skill brings a server', () => {
  it('gets its server run with one POST', async () => {
    rig.pack('web', WEB);
    const instance = rig.instance({ spec: { skills: SKILLS } });
    await rig.quiet();
    expect(rig.serverRun()).toMatchObject({
      metadata: {
        labels: { [LABEL.instance]: 'demo', [LABEL.mode]: 'server', [LABEL.run]: 'demo-server' },
        ownerReferences: [{ kind: 'SympoziumInstance', uid: instance.metadata.uid, controller: true }],
      },
      spec: { instanceRef: { name: 'demo' }, mode: 'server' },
    });
    expect(rig.writesOf('agentruns').filter((write) => write.startsWith('POST'))).toEqual(['POST agentruns']);
    expect(rig.condition('Ready')).toMatchObject({ status: 'False' });
    expect(rig.status()?.endpoint).toBeUndefined();
  });

  it('shows the endpoint and whether it answers, whatever becomes of it', async () => {
    await rig.serve();
    const endpoint = { url: 'http://probe.example' };
    expect(rig.status()?.endpoint).toEqual({ ...endpoint, ready: true });
    expect(rig.condition('Ready')).toMatchObject({ status: 'True', reason: 'Serving' });

    rig.ready(false);
    await rig.quiet();
    expect(rig.status()?.endpoint).toEqual({ ...endpoint, ready: false });
    expect(rig.condition('Ready')).toMatchObject({ status: 'False', reason: 'ServerUnavailable' });
    expect(rig.status()?.activeRuns).toBe(0);
  });

  it('finds its pack in the operator’s namespace', async () => {
    rig.pack('web', WEB, 'sympozium-system');
    rig.instance({ spec: { skills: SKILLS } });
    await rig.quiet();
    expect(rig.serverRun()).toBeDefined();
  });

  it('makes no write while nothing changes, nor when the operator starts again', async () => {
    await rig.serve();
    await rig.advance(60_000);
    rig.client.forgetCalls();
    await rig.advance(60 * 60_000);
    expect(rig.allWrites).toEqual([]);
    await rig.restart();
    await rig.advance(60_000);
    expect(rig.allWrites).toEqual([]);
  });

  it('rolls its run’s Pod template out and back, and leaves the run alone in any other edit', async () => {
    await rig.serve();
    const uid = rig.serverRun()?.metadata.uid;
    rig.client.forgetCalls();
    rig.patchInstance({ systemPrompt: 'Be brief.', endpoint: { hostname: 'demo.example.com' } });
    await rig.quiet();
    expect(rig.writesOf('PATCH agentruns').filter((write) => !write.endsWith('status'))).toEqual([]);

    const podTemplate = { nodeSelector: { disk: 'ssd' }, env: [{ name: 'A', value: 'b' }] };
    rig.patchInstance({ runDefaults: { podTemplate } });
    await rig.quiet();
    expect(rig.serverRun()?.spec.podTemplate).toEqual(podTemplate);
    rig.patchInstance({ runDefaults: { podTemplate: { nodeSelector: null } } });
    await rig.quiet();
    expect(rig.serverRun()?.spec.podTemplate).toEqual({ env: podTemplate.env });
    rig.patchInstance({ runDefaults: null });
    await rig.quiet();
    expect(rig.serverRun()?.spec.podTemplate).toBeUndefined();
    expect(rig.serverRun()?.metadata.uid).toBe(uid);
    expect(rig.writesOf('PATCH agentruns').filter((write) => !write.endsWith('status'))).toHaveLength(3);
  });

  it.each<[string, object]>([
    ['an edit', { spec: { podTemplate: { nodeSelector: { disk: 'hdd' } } } }],
    ['lost labels', { metadata: { labels: { [LABEL.instance]: null } } }],
    ['a lost owner', { metadata: { ownerReferences: null } }],
  ])('repairs %s of its run with one write', async (_what, body) => {
    await rig.serve({ runDefaults: { podTemplate: { nodeSelector: { disk: 'ssd' } } } });
    const before = rig.serverRun();
    rig.client.forgetCalls();
    rig.server.patch(AGENT_RUN, at('demo-server'), { type: 'merge', body });
    await rig.advance(60_000);
    expect(rig.serverRun()?.spec).toEqual(before?.spec);
    expect(rig.serverRun()?.metadata.labels).toEqual(before?.metadata.labels);
    expect(rig.serverRun()?.metadata.ownerReferences).toEqual(before?.metadata.ownerReferences);
    expect(rig.writesOf('PATCH agentruns').filter((write) => !write.endsWith('status'))).toHaveLength(1);
  });

  it('does not fight for its run for ever', async () => {
    await rig.serve({ runDefaults: { podTemplate: { nodeSelector: { disk: 'ssd' } } } });
    rig.client.forgetCalls();
    const body = { spec: { podTemplate: { nodeSelector: { disk: 'hdd' } } } };
    for (let edit = 0; edit < 40; edit += 1) {
      rig.server.patch(AGENT_RUN, at('demo-server'), { type: 'merge', body });
      await rig.quiet();
    }
    expect(rig.writesOf('PATCH agentruns').filter((write) => !write.endsWith('status')).length).toBeLessThan(25);
    expect(rig.condition('Ready')).toMatchObject({ status: 'False', reason: 'ApplyContested' });
  });

  it('makes its run again when somebody deletes it', async () => {
    await rig.serve();
    const uid = rig.serverRun()?.metadata.uid;
    rig.server.delete(AGENT_RUN, at('demo-server'));
    await rig.collect();
    expect(rig.serverRun()?.metadata.uid).not.toBe(uid);
    expect(rig.serverRun()?.status.phase).toBe('Pending');
  });

  it('loses run, endpoint and Ready with the skill', async () => {
    await rig.serve();
    rig.patchInstance({ skills: [] });
    await rig.collect();
    expect(rig.serverRun()).toBeUndefined();
    expect(rig.server.objects(PROBE_APP)).toEqual([]);
    expect(rig.status()?.endpoint).toBeUndefined();
    expect(rig.status()?.conditions?.map(({ type }) => type)).toEqual(['Accepted']);
  });
});

describe('a SkillPack', () => {
  it('that is missing is a condition, and the instance goes on when it appears', async () => {
    rig.instance({ spec: { skills: SKILLS } });
    await rig.advance(60_000);
    expect(rig.condition('Accepted')).toMatchObject({ status: 'False', reason: 'SkillPackNotFound' });
    expect(rig.condition('Ready')).toBeUndefined();
    expect(rig.allWrites).toEqual(['PATCH sympoziuminstances/status']);

    rig.pack('web', WEB);
    await rig.quiet();
    expect(rig.condition('Accepted')).toMatchObject({ status: 'True' });
    expect(rig.serverRun()).toBeDefined();
  });

  it('that is missing is named, also when it is another one after an edit', async () => {
    rig.instance({ spec: { skills: SKILLS } });
    await rig.quiet();
    rig.patchInstance({ skills: [{ skillPackRef: { name: 'tone' } }] });
    await rig.quiet();
    expect(rig.condition('Accepted')?.message).toContain('tone');
    expect(rig.condition('Accepted')?.message).not.toContain('web');
  });

  it.each<[string, object, object, string]>([
    ['whose schema is broken', { params: { type: 'colour' } }, {}, 'SkillPackInvalid'],
    ['that refuses the parameters', { params: { required: ['tone'] } }, {}, 'SkillParamsInvalid'],
  ])('%s is a condition, until it is corrected', async (_what, spec, params, reason) => {
    rig.pack('web', { ...WEB, ...spec });
    rig.instance({ spec: { skills: [{ skillPackRef: { name: 'web' }, params: { ...params } }] } });
    await rig.quiet();
    expect(rig.condition('Accepted')).toMatchObject({ status: 'False', reason });
    expect(rig.serverRun()).toBeUndefined();
    rig.server.patch(SKILL_PACK, at('web'), { type: 'merge', body: { spec: { params: null } } });
    await rig.quiet();
    expect(rig.condition('Accepted')).toMatchObject({ status: 'True' });
    expect(rig.serverRun()).toBeDefined();
  });

  it('that vanishes leaves what serves as it is, and says so on both', async () => {
    await rig.serve();
    const uid = rig.serverRun()?.metadata.uid;
    rig.server.delete(SKILL_PACK, at('web'));
    await rig.advance(60_000);
    expect(rig.serverRun()).toMatchObject({ metadata: { uid }, status: { phase: 'Serving' } });
    expect(rig.server.objects(PROBE_APP)).toHaveLength(1);
    expect(rig.condition('Accepted')).toMatchObject({ status: 'False', reason: 'SkillPackNotFound' });
    expect(rig.condition('Ready')).toMatchObject({ status: 'True' });
    expect(rig.serverRun()?.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Accepted', status: 'False', reason: 'SkillPackNotFound' }),
    );
    rig.pack('web', WEB);
    await rig.quiet();
    expect(rig.condition('Accepted')).toMatchObject({ status: 'True' });
    expect(rig.serverRun()?.metadata.uid).toBe(uid);
  });

  it('that brings no server any more ends the server run', async () => {
    await rig.serve();
    rig.server.patch(SKILL_PACK, at('web'), { type: 'merge', body: { spec: { sidecar: { requiresServer: false } } } });
    await rig.collect();
    expect(rig.serverRun()).toBeUndefined();
  });
});
