import { SKILL_PACK, skillPackSpec, type SkillPack, type SkillPackSpecInput, type SkillUse } from '@sympozium/api';
import { agentRun, sympoziumInstance } from '@sympozium/plugin-sdk/testing';
import { describe, expect, it } from 'vitest';
import { SkillResolver } from './skill-resolver.js';

const pack = (name: string, spec: SkillPackSpecInput = {}, namespace = 'default', generation = 1): SkillPack => ({
  apiVersion: SKILL_PACK.apiVersion,
  kind: SKILL_PACK.kind,
  metadata: { name, namespace, uid: `${namespace}-${name}`, generation },
  spec: skillPackSpec.parse(spec),
});

const use = (name: string, params?: SkillUse['params']): SkillUse => ({
  skillPackRef: { name },
  ...(params && { params }),
});

const document = { name: 'tone', description: 'Always.', content: 'Be plain.' };
const TONE = { properties: { tone: { enum: ['plain', 'warm'], default: 'plain' } } };

function resolver(...packs: readonly SkillPack[]): SkillResolver {
  const get = (namespace: string, name: string) =>
    packs.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
  return new SkillResolver({ get }, 'system');
}

function resolved(uses: { run?: SkillUse[]; instance?: SkillUse[] }, ...packs: readonly SkillPack[]) {
  const { run = [], instance = [] } = uses;
  return resolver(...packs).ofRun(
    agentRun({ spec: { skills: run } }),
    sympoziumInstance({ spec: { skills: instance } }),
  );
}

describe('skills', () => {
  it('come with documents, sidecar and parameters, the run’s own first', () => {
    const sidecar = { image: 'server:1', requiresServer: true, terminationGracePeriod: '30s' };
    expect(
      resolved(
        { run: [use('house-style')], instance: [use('web', { a: 1 })] },
        pack('house-style', { skills: [document], params: TONE }),
        pack('web', { sidecar }),
      ),
    ).toEqual([
      { pack: 'house-style', from: 'run', params: { tone: 'plain' }, documents: [document] },
      { pack: 'web', from: 'instance', params: { a: 1 }, documents: [], sidecar },
    ]);
  });

  it('that both name count once, as the run says', () => {
    expect(
      resolved(
        { run: [use('house-style', { tone: 'warm' })], instance: [use('house-style', { tone: 'wrong' })] },
        pack('house-style', { params: TONE }),
      ),
    ).toEqual([{ pack: 'house-style', from: 'run', params: { tone: 'warm' }, documents: [] }]);
  });

  it('come from the operator’s namespace before their user’s, and from no other', () => {
    const version = (namespace: string) => pack('web', { skills: [{ ...document, content: namespace }] }, namespace);
    const content = (...namespaces: string[]) => {
      const skills = resolved({ instance: [use('web')] }, ...namespaces.map(version));
      return 'reason' in skills ? skills.reason : skills[0]?.documents[0]?.content;
    };
    expect(content('default', 'system')).toBe('system');
    expect(content('default', 'elsewhere')).toBe('default');
    expect(content('elsewhere')).toBe('SkillPackNotFound');
  });

  it('of an instance alone are its own', () => {
    const instance = sympoziumInstance({ spec: { skills: [use('a')] } });
    expect(resolver(pack('a')).ofInstance(instance)).toEqual([
      { pack: 'a', from: 'instance', params: {}, documents: [] },
    ]);
  });
});

describe('what is in the way', () => {
  it('names every pack that does not exist, before anything else', () => {
    const skills = resolved(
      { run: [use('gone')], instance: [use('broken'), use('lost')] },
      pack('broken', { params: { type: 'colour' } }),
    );
    expect(skills).toMatchObject({ condition: 'Accepted', reason: 'SkillPackNotFound' });
    expect(skills).toHaveProperty('message', expect.stringContaining('gone, lost'));
    expect(skills).not.toHaveProperty('final');
  });

  it('names the pack whose schema is broken', () => {
    const skills = resolved({ instance: [use('broken')] }, pack('broken', { params: { type: 'colour' } }));
    expect(skills).toMatchObject({ condition: 'Accepted', reason: 'SkillPackInvalid' });
    expect(skills).toHaveProperty('message', expect.stringContaining('default/broken: schema is invalid'));
  });

  it.each(['run', 'instance'] as const)('says where the parameters of the %s do not fit', (from) => {
    const skills = resolved(
      { [from]: [use('a'), use('house-style', { tone: 'loud' })] },
      pack('a'),
      pack('house-style', { params: TONE }),
    );
    expect(skills).toMatchObject({ condition: 'Accepted', reason: 'SkillParamsInvalid' });
    const where = `house-style, spec.skills[1].params of the ${from}: /tone must be equal to one of`;
    expect(skills).toHaveProperty('message', expect.stringContaining(where));
  });
});

describe('a schema that needs too long', () => {
  it('breaks its pack, once for all who use it, until the pack changes', () => {
    const slow = pack('slow', { params: { properties: { a: { pattern: '^(a+)+$' } } } });
    const packs = [slow];
    const skills = new SkillResolver(
      { get: (_namespace, name) => packs.find((one) => one.metadata.name === name) },
      '',
    );
    const resolve = (a: string) => skills.ofInstance(sympoziumInstance({ spec: { skills: [use('slow', { a })] } }));
    expect(resolve(`${'a'.repeat(60)}!`)).toMatchObject({ reason: 'SkillPackInvalid' });
    const began = performance.now();
    expect(resolve(`${'a'.repeat(61)}!`)).toMatchObject({ reason: 'SkillPackInvalid' });
    expect(performance.now() - began).toBeLessThan(500);
    packs[0] = pack('slow', { params: { properties: { a: { pattern: '^a+$' } } } }, 'default', 2);
    expect(resolve('aaa')).toMatchObject([{ params: { a: 'aaa' } }]);
  });
});
