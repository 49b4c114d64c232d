import { SKILL_PACK } from '@sympozium/api';
import { CEL_CASES } from '@sympozium/api/testing';
import { describe, expect, it } from 'vitest';
import { CONTRACT } from './contract.js';
import { checkSkillPack, defineSkillPack, SKILL_PACK_TYPE, type SkillPackParts } from './skill-pack.js';

const sidecar = { image: 'server:1' };
const define = (spec: unknown, name = 'probe') => defineSkillPack({ name, spec } as SkillPackParts);

describe('defineSkillPack', () => {
  it('makes an object of the kind, with brand, contract and defaults', () => {
    expect(define({ sidecar: { ...sidecar, requiresServer: true } })).toEqual({
      $type: SKILL_PACK_TYPE,
      contract: CONTRACT,
      object: {
        apiVersion: 'sympozium.ai/v1alpha1',
        kind: 'SkillPack',
        metadata: { name: 'probe' },
        spec: { sidecar: { image: 'server:1', requiresServer: true, terminationGracePeriod: '30s' } },
      },
    });
  });

  it('shares nothing with what it was given, and cannot be changed', () => {
    const params = { type: 'object', properties: {} };
    const { object } = define({ params });
    expect(Object.isFrozen(object.spec.params?.['properties'])).toBe(true);
    expect(Object.isFrozen(params)).toBe(false);
  });

  it.each<[what: string, spec: unknown, says: RegExp]>([
    ['no spec', undefined, /skill pack probe: spec: /],
    ['a sidecar without an image', { sidecar: {} }, /spec\.sidecar\.image: /],
    ['a wrong duration', { sidecar: { ...sidecar, terminationGracePeriod: 'long' } }, /Period: write a duration like/],
    ['a misspelt field', { sidecar: { ...sidecar, port: [] } }, /spec\.sidecar\.port: is no field of a SkillPack/],
    ['a variable given twice', { sidecar: { ...sidecar, env: [{ name: 'A' }, { name: 'A' }] } }, /env: A stands there/],
    ['what is no JSON', { params: { default: new Date(0) } }, /spec\.params\.default: write plain JSON/],
  ])('refuses %s and says what to write', (_what, spec, says) => {
    expect(() => define(spec)).toThrow(TypeError);
    expect(() => define(spec)).toThrow(says);
  });

  it('tells all that is wrong at once', () => {
    expect(() => define({ sidecar: {}, category: 'A B' }, 'Wrong')).toThrow(/Wrong: name: write .*category: .*image: /);
  });
});

describe('checkSkillPack', () => {
  it.each(CEL_CASES.filter(({ kind }) => kind === SKILL_PACK))('judges as the API server does: $name', (sent) => {
    const { metadata, spec } = sent.object;
    expect('problems' in checkSkillPack(metadata.name, spec)).toBe(sent.refusedWith !== undefined);
  });
});
