import {
  AGENT_RUN,
  ANNOTATION,
  LABEL,
  SKILL_PACK,
  SYMPOZIUM_INSTANCE,
  type AgentRun,
  type SympoziumInstance,
  type SympoziumInstanceStatus,
} from '@sympozium/api';
import { KubeError } from '@sympozium/kube';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { admitPlugins } from '../index.js';
import { HostRig, PROBE_APP, probeMode, servingProbe } from '../testing/index.js';

const WEB = { sidecar: { image: 'web:1', requiresServer: true } };
const SKILLS = [{ skillPackRef: { name: 'web' } }];
const at = (name: string) => ({ namespace: 'default', name });

let rig: HostRig;

beforeEach(async () => {
  const offers = [probeMode(), { ...servingProbe(), name: 'server' }].map((plugin) => ({ from: 'test', plugin }));
  rig = new HostRig({ modes: await admitPlugins(offers) });
  await rig.start();
});

afterEach(() => rig.stop());

const server = (): AgentRun | undefined => rig.stored('demo-server');
const status = (): SympoziumInstanceStatus | undefined => rig.storedInstance()?.status;
const condition = (type: string) => status()?.conditions?.find((one) => one.type === type);

/** An instance with a server, which is ready. */
async function serve(spec: Partial<SympoziumInstance['spec']> = {}): Promise<void> {
  rig.pack('web', WEB);
  rig.instance({ spec: { ...spec, skills: SKILLS } });
  await rig.quiet();
  ready(true);
  await rig.quiet();
}

const ready = (isReady: boolean): unknown =>
  rig.server.patch(
    PROBE_APP,
    at('demo-server-app'),
    { type: 'merge', body: { status: { ready: isReady } } },
    { subresource: 'status' },
  );

/** Plays the garbage collector, often enough for a chain of owners and finalizers. */
async function collect(): Promise<void> {
  for (let round = 0; round < 6; round += 1) {
    await rig.quiet();
    rig.server.collectGarbage();
  }
  await rig.quiet();
}

const writesOf = (plural: string): string[] => rig.allWrites.filter((write) => write.includes(plural));

describe('an instance that nobody serves', () => {
  it('is accepted with one write, has no server run and no Ready, and costs nothing more', async () => {
    rig.instance();
    await rig.advance(60 * 60_000);
    expect(rig.allWrites).toEqual(['PATCH sympoziuminstances/status']);
    expect(server()).toBeUndefined();
    expect(status()).toEqual({
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
    expect(status()?.observedGeneration).toBe(2);
    expect(rig.allWrites).toHaveLength(2);
  });
});

describe('an instance whose skill brings a server', () => {
  it('gets its server run with one POST', async () => {
    rig.pack('web', WEB);
    const instance = rig.instance({ spec: { skills: SKILLS } });
    await rig.quiet();
    expect(server()).toMatchObject({
      metadata: {
        labels: { [LABEL.instance]: 'demo', [LABEL.mode]: 'server', [LABEL.run]: 'demo-server' },
        ownerReferences: [{ kind: 'SympoziumInstance', uid: instance.metadata.uid, controller: true }],
      },
      spec: { instanceRef: { name: 'demo' }, mode: 'server' },
    });
    expect(writesOf('agentruns').filter((write) => write.startsWith('POST'))).toEqual(['POST agentruns']);
    expect(condition('Ready')).toMatchObject({ status: 'False' });
    expect(status()?.endpoint).toBeUndefined();
  });

  it('shows the endpoint and whether it answers, whatever becomes of it', async () => {
    await serve();
    const endpoint = { url: 'http://probe.example' };
    expect(status()?.endpoint).toEqual({ ...endpoint, ready: true });
    expect(condition('Ready')).toMatchObject({ status: 'True', reason: 'Serving' });

    ready(false);
    await rig.quiet();
    expect(status()?.endpoint).toEqual({ ...endpoint, ready: false });
    expect(condition('Ready')).toMatchObject({ status: 'False', reason: 'ServerUnavailable' });
    expect(status()?.activeRuns).toBe(0);
  });

  it('finds its pack in the operator’s namespace', async () => {
    rig.pack('web', WEB, 'sympozium-system');
    rig.instance({ spec: { skills: SKILLS } });
    await rig.quiet();
    expect(server()).toBeDefined();
  });

  it('makes no write while nothing changes, nor when the operator starts again', async () => {
    await serve();
    await rig.advance(60_000);
    rig.client.forgetCalls();
    await rig.advance(60 * 60_000);
    expect(rig.allWrites).toEqual([]);
    await rig.restart();
    await rig.advance(60_000);
    expect(rig.allWrites).toEqual([]);
  });

  it('rolls its run’s Pod template out and back, and leaves the run alone in any other edit', async () => {
    await serve();
    const uid = server()?.metadata.uid;
    rig.client.forgetCalls();
    rig.patchInstance({ systemPrompt: 'Be brief.', endpoint: { hostname: 'demo.example.com' } });
    await rig.quiet();
    expect(writesOf('PATCH agentruns').filter((write) => !write.endsWith('status'))).toEqual([]);

    const podTemplate = { nodeSelector: { disk: 'ssd' }, env: [{ name: 'A', value: 'b' }] };
    rig.patchInstance({ runDefaults: { podTemplate } });
    await rig.quiet();
    expect(server()?.spec.podTemplate).toEqual(podTemplate);
    rig.patchInstance({ runDefaults: { podTemplate: { nodeSelector: null } } });
    await rig.quiet();
    expect(server()?.spec.podTemplate).toEqual({ env: podTemplate.env });
    rig.patchInstance({ runDefaults: null });
    await rig.quiet();
    expect(server()?.spec.podTemplate).toBeUndefined();
    expect(server()?.metadata.uid).toBe(uid);
    expect(writesOf('PATCH agentruns').filter((write) => !write.endsWith('status'))).toHaveLength(3);
  });

  it.each<[string, object]>([
    ['an edit', { spec: { podTemplate: { nodeSelector: { disk: 'hdd' } } } }],
    ['lost labels', { metadata: { labels: { [LABEL.instance]: null } } }],
    ['a lost owner', { metadata: { ownerReferences: null } }],
  ])('repairs %s of its run with one write', async (_what, body) => {
    await serve({ runDefaults: { podTemplate: { nodeSelector: { disk: 'ssd' } } } });
    const before = server();
    rig.client.forgetCalls();
    rig.server.patch(AGENT_RUN, at('demo-server'), { type: 'merge', body });
    await rig.advance(60_000);
    expect(server()?.spec).toEqual(before?.spec);
    expect(server()?.metadata.labels).toEqual(before?.metadata.labels);
    expect(server()?.metadata.ownerReferences).toEqual(before?.metadata.ownerReferences);
    expect(writesOf('PATCH agentruns').filter((write) => !write.endsWith('status'))).toHaveLength(1);
  });

  it('does not fight for its run for ever', async () => {
    await serve({ runDefaults: { podTemplate: { nodeSelector: { disk: 'ssd' } } } });
    rig.client.forgetCalls();
    const body = { spec: { podTemplate: { nodeSelector: { disk: 'hdd' } } } };
    for (let edit = 0; edit < 40; edit += 1) {
      rig.server.patch(AGENT_RUN, at('demo-server'), { type: 'merge', body });
      await rig.quiet();
    }
    expect(writesOf('PATCH agentruns').filter((write) => !write.endsWith('status')).length).toBeLessThan(25);
    expect(condition('Ready')).toMatchObject({ status: 'False', reason: 'ApplyContested' });
  });

  it('makes its run again when somebody deletes it', async () => {
    await serve();
    const uid = server()?.metadata.uid;
    rig.server.delete(AGENT_RUN, at('demo-server'));
    await collect();
    expect(server()?.metadata.uid).not.toBe(uid);
    expect(server()?.status.phase).toBe('Pending');
  });

  it('loses run, endpoint and Ready with the skill', async () => {
    await serve();
    rig.patchInstance({ skills: [] });
    await collect();
    expect(server()).toBeUndefined();
    expect(rig.server.objects(PROBE_APP)).toEqual([]);
    expect(status()?.endpoint).toBeUndefined();
    expect(status()?.conditions?.map(({ type }) => type)).toEqual(['Accepted']);
  });

  it.each(['Background', 'Foreground'] as const)(
    'takes its run along, deleted in the %s',
    async (propagationPolicy) => {
      await serve();
      rig.server.delete(SYMPOZIUM_INSTANCE, at('demo'), { propagationPolicy });
      await collect();
      expect(rig.storedInstance()).toBeUndefined();
      expect(server()).toBeUndefined();
      expect(rig.server.objects(PROBE_APP)).toEqual([]);
    },
  );

  it('leaves its run to serve on when it is deleted without it, and has it back when it is made again', async () => {
    await serve();
    const uid = server()?.metadata.uid;
    // As the API server and the garbage collector do it.
    rig.server.patch(SYMPOZIUM_INSTANCE, at('demo'), { type: 'merge', body: { metadata: { finalizers: ['orphan'] } } });
    rig.server.delete(SYMPOZIUM_INSTANCE, at('demo'));
    await rig.quiet();
    rig.server.patch(AGENT_RUN, at('demo-server'), { type: 'merge', body: { metadata: { ownerReferences: null } } });
    await rig.quiet();
    rig.server.patch(SYMPOZIUM_INSTANCE, at('demo'), { type: 'merge', body: { metadata: { finalizers: null } } });
    await collect();
    expect(rig.storedInstance()).toBeUndefined();
    expect(server()).toMatchObject({ metadata: { uid }, status: { phase: 'Serving' } });
    expect(rig.server.objects(PROBE_APP)).toHaveLength(1);

    const again = rig.instance({ spec: { skills: SKILLS } });
    await collect();
    expect(server()?.metadata).toMatchObject({ uid, ownerReferences: [{ uid: again.metadata.uid }] });
    expect(condition('Ready')).toMatchObject({ status: 'True' });
  });

  it('that is deleted while its run is being made leaves nothing', async () => {
    rig.pack('web', WEB);
    const remove = (): void => rig.server.delete(SYMPOZIUM_INSTANCE, at('demo'));
    rig.client.intercept({
      matches: ({ verb, kind }) => verb === 'create' && kind === AGENT_RUN,
      before: remove,
    });
    rig.instance({ spec: { skills: SKILLS } });
    await collect();
    expect(server()).toBeUndefined();
    expect(rig.server.objects(PROBE_APP)).toEqual([]);
  });

  it('whose skill is back before its run has gone ends as it was edited last', async () => {
    await serve();
    rig.patchInstance({ skills: [] });
    await rig.quiet();
    rig.patchInstance({ skills: SKILLS });
    await collect();
    expect(server()).toMatchObject({ metadata: { labels: { [LABEL.mode]: 'server' } }, status: { phase: 'Pending' } });
    expect(rig.server.objects(PROBE_APP)).toHaveLength(1);
    expect(status()?.observedGeneration).toBe(rig.storedInstance()?.metadata.generation);
  });

  it('that is made again gets a run of its own, its predecessor’s gone', async () => {
    await serve();
    const uid = server()?.metadata.uid;
    rig.server.delete(SYMPOZIUM_INSTANCE, at('demo'));
    const instance = rig.instance({ spec: { skills: SKILLS } });
    await collect();
    expect(server()?.metadata.uid).not.toBe(uid);
    expect(server()?.metadata.ownerReferences).toMatchObject([{ uid: instance.metadata.uid }]);
  });
});

describe('a SkillPack', () => {
  it('that is missing is a condition, and the instance goes on when it appears', async () => {
    rig.instance({ spec: { skills: SKILLS } });
    await rig.advance(60_000);
    expect(condition('Accepted')).toMatchObject({ status: 'False', reason: 'SkillPackNotFound' });
    expect(condition('Ready')).toBeUndefined();
    expect(rig.allWrites).toEqual(['PATCH sympoziuminstances/status']);

    rig.pack('web', WEB);
    await rig.quiet();
    expect(condition('Accepted')).toMatchObject({ status: 'True' });
    expect(server()).toBeDefined();
  });

  it.each<[string, object, object, string]>([
    ['whose schema is broken', { params: { type: 'colour' } }, {}, 'SkillPackInvalid'],
    ['that refuses the parameters', { params: { required: ['tone'] } }, {}, 'SkillParamsInvalid'],
  ])('%s is a condition, until it is corrected', async (_what, spec, params, reason) => {
    rig.pack('web', { ...WEB, ...spec });
    rig.instance({ spec: { skills: [{ skillPackRef: { name: 'web' }, params: { ...params } }] } });
    await rig.quiet();
    expect(condition('Accepted')).toMatchObject({ status: 'False', reason });
    expect(server()).toBeUndefined();
    rig.server.patch(SKILL_PACK, at('web'), { type: 'merge', body: { spec: { params: null } } });
    await rig.quiet();
    expect(condition('Accepted')).toMatchObject({ status: 'True' });
    expect(server()).toBeDefined();
  });

  it('that vanishes leaves what serves as it is, and says so on both', async () => {
    await serve();
    const uid = server()?.metadata.uid;
    rig.server.delete(SKILL_PACK, at('web'));
    await rig.advance(60_000);
    expect(server()).toMatchObject({ metadata: { uid }, status: { phase: 'Serving' } });
    expect(rig.server.objects(PROBE_APP)).toHaveLength(1);
    expect(condition('Accepted')).toMatchObject({ status: 'False', reason: 'SkillPackNotFound' });
    expect(condition('Ready')).toMatchObject({ status: 'True' });
    expect(server()?.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Accepted', status: 'False', reason: 'SkillPackNotFound' }),
    );
    rig.pack('web', WEB);
    await rig.quiet();
    expect(condition('Accepted')).toMatchObject({ status: 'True' });
    expect(server()?.metadata.uid).toBe(uid);
  });

  it('that brings no server any more ends the server run', async () => {
    await serve();
    rig.server.patch(SKILL_PACK, at('web'), { type: 'merge', body: { spec: { sidecar: { requiresServer: false } } } });
    await collect();
    expect(server()).toBeUndefined();
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
    expect(server()?.metadata.uid).toBe(foreign.metadata.uid);
    expect(server()?.metadata.annotations?.[ANNOTATION.appliedHash]).toBeUndefined();
    expect(condition('Ready')).toMatchObject({ status: 'False', reason: 'NameConflict' });
    expect(condition('Ready')?.message).toContain('AgentRun demo-server');
    expect(writesOf('sympoziuminstances').length).toBeLessThan(5);

    rig.patchInstance({ skills: [] });
    await rig.quiet();
    expect(server()?.metadata.uid).toBe(foreign.metadata.uid);
    expect(condition('Ready')).toBeUndefined();

    rig.patchInstance({ skills: SKILLS });
    rig.server.delete(AGENT_RUN, at('demo-server'));
    await collect();
    expect(server()?.metadata.annotations?.[ANNOTATION.appliedHash]).toBeDefined();
    expect(condition('Ready')?.reason).not.toBe('NameConflict');
  });
});

describe('a server run that failed', () => {
  async function fail(): Promise<string | undefined> {
    rig.pack('web', WEB);
    rig.instance({ spec: { skills: SKILLS } });
    await rig.quiet();
    rig.patchSpec('demo-server', { params: { wrong: true } });
    await rig.advance(60_000);
    expect(server()?.status).toMatchObject({ phase: 'Failed', reason: 'InvalidParams' });
    return server()?.metadata.uid;
  }

  it('stays as long as the instance does, with its reason', async () => {
    const uid = await fail();
    expect(condition('Ready')).toMatchObject({ status: 'False', reason: 'InvalidParams' });
    await rig.advance(30 * 60_000);
    expect(server()?.metadata.uid).toBe(uid);
  });

  it('makes way for another one when the instance is edited', async () => {
    const uid = await fail();
    rig.patchInstance({ systemPrompt: 'Try again.' });
    await collect();
    expect(server()?.metadata.uid).not.toBe(uid);
    expect(server()?.status.phase).toBe('Pending');
  });

  it('makes way, too, when the edit was seen while a pack was missing', async () => {
    const uid = await fail();
    rig.server.delete(SKILL_PACK, at('web'));
    rig.patchInstance({ systemPrompt: 'Try again.' });
    await collect();
    expect(server()?.metadata.uid).toBe(uid);
    rig.pack('web', WEB);
    await collect();
    expect(server()?.metadata.uid).not.toBe(uid);
    expect(server()?.status.phase).toBe('Pending');
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
    expect(condition('Ready')).toMatchObject({ status: 'False', reason: 'ApplyFailed' });
    expect(condition('Ready')?.message).toContain('exceeded quota');
    expect(rig.allWrites.length).toBeLessThan(8);
    end();
    await rig.advance(30_000);
    expect(server()).toBeDefined();
  });
});
