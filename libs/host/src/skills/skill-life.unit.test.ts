import { AGENT_RUN, SKILL_PACK, type AgentRun } from '@sympozium/api';
import type { RunView } from '@sympozium/plugin-sdk';
import { agentRun } from '@sympozium/plugin-sdk/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { admitPlugins } from '../index.js';
import { HostRig, probeMode, probePlanner, servingProbe } from '../testing/index.js';
import { without } from '../without.js';

const use = (name: string) => ({ skillPackRef: { name } });
const document = { name: 'tone', description: 'Always.', content: 'Be plain.' };
const WEB = { sidecar: { image: 'web:1', requiresServer: true } };

let rig: HostRig;
/** What the task mode was asked to plan. */
let views: RunView[];

beforeEach(async () => {
  views = [];
  const plan = (view: RunView) => {
    views.push(view);
    return probePlanner.plan(view);
  };
  const task = probeMode({ name: 'task', create: () => ({ ...probePlanner, plan }) });
  const server = { ...servingProbe(), name: 'server' };
  rig = new HostRig({ modes: await admitPlugins([task, server].map((plugin) => ({ from: 'test', plugin }))) });
  await rig.start();
});

afterEach(() => rig.stop());

const undecided = (skills: string[], name = 'hello') =>
  rig.bareRun({ metadata: { name }, spec: { mode: undefined, skills: skills.map(use) } });

describe('a run that does not say its mode', () => {
  it('is a server by a skill of its own, recorded before anything is made', async () => {
    rig.instance();
    rig.pack('web', WEB);
    undecided(['web']);
    await rig.quiet();
    expect(rig.stored()?.status).toMatchObject({ mode: 'server', phase: 'Pending' });
    expect(rig.writes[0]).toBe('PATCH agentruns/status');
    expect(rig.jobs()).toEqual([]);
  });

  it('is a task whatever its instance’s skills are', async () => {
    rig.pack('web', WEB);
    rig.instance({ spec: { skills: [use('web')] } });
    rig.bareRun({ spec: { mode: undefined } });
    await rig.quiet();
    expect(rig.jobs()).toHaveLength(1);
  });

  it('waits undecided for its pack, and goes on as what the pack makes of it', async () => {
    rig.instance();
    undecided(['web'], 'served');
    undecided(['tone'], 'told');
    await rig.advance(60_000);
    for (const name of ['served', 'told'])
      expect(rig.stored(name)?.status).toMatchObject({ phase: 'Pending', reason: 'SkillPackNotFound' });
    expect(rig.stored('served')?.status.mode).toBeUndefined();
    expect(rig.writes).toHaveLength(2);

    rig.pack('web', WEB);
    rig.pack('tone', { skills: [document] });
    await rig.quiet();
    expect(rig.stored('served')?.status.mode).toBe('server');
    expect(rig.stored('told')?.status.mode).toBe('task');
    expect(rig.jobs().map(({ metadata }) => metadata.name)).toEqual(['told']);
  });

  it('keeps its mode when the pack changes', async () => {
    rig.instance();
    rig.pack('web', { skills: [document] });
    undecided(['web']);
    await rig.quiet();
    rig.server.patch(SKILL_PACK, { namespace: 'default', name: 'web' }, { type: 'merge', body: { spec: WEB } });
    await rig.quiet();
    expect(rig.stored()?.status.mode).toBe('task');
    expect(rig.jobs()).toHaveLength(1);
  });

  it('fails with its timeout when the pack never comes', async () => {
    rig.instance();
    undecided(['gone']);
    await rig.advance(10 * 60_000);
    expect(rig.stored()?.status).toMatchObject({ phase: 'Failed', reason: 'SkillPackNotFound' });
  });

  it('can be cancelled while it waits', async () => {
    rig.instance();
    undecided(['gone']);
    rig.patchSpec('hello', { cancel: true });
    await rig.quiet();
    expect(rig.stored()?.status).toMatchObject({ phase: 'Failed', reason: 'Cancelled' });
  });

  it('fails at once when it has nothing to do', async () => {
    rig.instance();
    rig.pack('tone', { skills: [document] });
    const idle = agentRun({ spec: { skills: [use('tone')] } });
    rig.server.create(AGENT_RUN, { ...idle, spec: without(idle.spec, 'task') } as AgentRun);
    await rig.quiet();
    expect(rig.stored()?.status).toMatchObject({ phase: 'Failed', reason: 'TaskMissing' });
    expect(rig.stored()?.status.message).toContain('spec.task');
  });
});

describe('a task run', () => {
  it('gets the documents of its own and its instance’s skills', async () => {
    rig.pack('web', WEB, 'sympozium-system');
    rig.pack('tone', { skills: [document], params: { properties: { tone: { default: 'plain' } } } });
    rig.instance({ spec: { skills: [use('web')] } });
    rig.run({ spec: { mode: 'task', skills: [use('tone')] } });
    await rig.quiet();
    expect(views.at(-1)?.skills).toMatchObject([
      { pack: 'tone', from: 'run', params: { tone: 'plain' }, documents: [document] },
      { pack: 'web', from: 'instance', sidecar: { requiresServer: true } },
    ]);
  });

  it('waits for a pack, with its reason, and begins when the pack comes', async () => {
    rig.instance({ spec: { skills: [use('tone')] } });
    rig.run({ spec: { mode: 'task' } });
    await rig.quiet();
    expect(rig.stored()?.status).toMatchObject({ phase: 'Pending', reason: 'SkillPackNotFound' });
    rig.pack('tone', {});
    await rig.quiet();
    expect(rig.jobs()).toHaveLength(1);
  });

  it('that began goes on without its pack, and says nothing of it', async () => {
    rig.pack('tone', {});
    rig.instance({ spec: { skills: [use('tone')] } });
    rig.run({ spec: { mode: 'task' } });
    await rig.quiet();
    rig.server.delete(SKILL_PACK, { namespace: 'default', name: 'tone' });
    await rig.quiet();
    const content = { from: 'inline' as const, text: 'done' };
    rig.pod({ state: 'succeeded', startedAt: rig.now(), result: { finishReason: 'stop', content } });
    await rig.quiet();
    expect(rig.stored()?.status).toMatchObject({ phase: 'Succeeded', result: { text: 'done' } });
    expect(rig.writes).toEqual(['POST jobs', 'PATCH agentruns/status']);
  });
});

describe('a pack that changes', () => {
  it('is no reason to look at runs that do not use it, or are over', async () => {
    rig.pack('tone', {});
    rig.instance({ spec: { skills: [use('tone')] } });
    rig.instance({ metadata: { name: 'other' } });
    rig.run({ spec: { mode: 'task' } });
    rig.run({ metadata: { name: 'other' }, spec: { mode: 'task', instanceRef: { name: 'other' } } });
    rig.run({ metadata: { name: 'over' }, spec: { mode: 'task' } });
    await rig.quiet();
    const content = { from: 'inline' as const, text: 'done' };
    rig.pod({ state: 'succeeded', startedAt: rig.now(), result: { finishReason: 'stop', content } }, 'over');
    await rig.quiet();
    views = [];
    const body = { spec: { description: 'new' } };
    rig.server.patch(SKILL_PACK, { namespace: 'default', name: 'tone' }, { type: 'merge', body });
    await rig.quiet();
    expect(views.map(({ run }) => run.metadata.name)).toEqual(['hello']);
  });

  it('in another namespace is no reason either', async () => {
    rig.pack('tone', {});
    rig.instance({ spec: { skills: [use('tone')] } });
    rig.run({ spec: { mode: 'task' } });
    await rig.quiet();
    views = [];
    rig.pack('tone', {}, 'elsewhere');
    await rig.quiet();
    expect(views).toEqual([]);
    rig.pack('tone', { skills: [document] }, 'sympozium-system');
    await rig.quiet();
    expect(views.map(({ skills }) => skills[0]?.documents)).toEqual([[document]]);
  });
});
