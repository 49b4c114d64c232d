import { SKILL_PACK, type AgentRunSpecInput, type SkillPack } from '@sympozium/api';
import { agentRun } from '@sympozium/plugin-sdk/testing';
import { describe, expect, it } from 'vitest';
import { without } from '../without.js';
import { decideMode, isDecidedBySkills } from './decide-mode.js';

const pack = (name: string, requiresServer?: boolean): SkillPack => ({
  apiVersion: SKILL_PACK.apiVersion,
  kind: SKILL_PACK.kind,
  metadata: { name },
  spec: { sidecar: { image: 'a', terminationGracePeriod: '30s', ...(requiresServer && { requiresServer }) } },
});

const PACKS = [pack('web', true), pack('tool')];
const find = (name: string) => PACKS.find(({ metadata }) => metadata.name === name);
const uses = (...names: string[]) => names.map((name) => ({ skillPackRef: { name } }));
const run = (spec: Partial<AgentRunSpecInput>, mode?: string) => agentRun({ spec, status: { ...(mode && { mode }) } });

describe('decideMode', () => {
  it.each<[string, string, Partial<AgentRunSpecInput>, string | undefined]>([
    ['what is recorded', 'task', { mode: 'server', skills: uses('web') }, 'task'],
    ['what is wished', 'task', { mode: 'task', skills: uses('web', 'gone') }, undefined],
    ['server, by a skill that brings one', 'server', { skills: uses('tool', 'web') }, undefined],
    ['server, whatever other packs may be', 'server', { skills: uses('gone', 'web') }, undefined],
    ['task, by skills that bring none', 'task', { skills: uses('tool') }, undefined],
    ['task, without skills', 'task', {}, undefined],
  ])('takes %s', (_what, mode, spec, recorded) => {
    expect(decideMode(run(spec, recorded), find)).toBe(mode);
  });

  it('waits for packs that may decide it', () => {
    const undecided = decideMode(run({ skills: uses('tool', 'gone', 'lost') }), find);
    expect(undecided).toMatchObject({ condition: 'Accepted', reason: 'SkillPackNotFound' });
    expect(undecided).toHaveProperty('message', expect.stringContaining('gone, lost'));
    expect(undecided).not.toHaveProperty('final');
  });

  it('lets a run that would be a task, and has nothing to do, fail', () => {
    const idle = agentRun({ spec: { skills: uses('tool'), messages: [{ role: 'user', content: [] }] } });
    const spec = without(idle.spec, 'messages');
    expect(decideMode({ ...idle, spec }, find)).toMatchObject({ reason: 'TaskMissing', final: true });
  });

  it('rests on packs only where nothing else says anything', () => {
    expect(isDecidedBySkills(run({ skills: uses('tool') }))).toBe(true);
    expect(isDecidedBySkills(run({}))).toBe(false);
    expect(isDecidedBySkills(run({ mode: 'task', skills: uses('tool') }))).toBe(false);
    expect(isDecidedBySkills(run({ skills: uses('tool') }, 'task'))).toBe(false);
  });
});
