import { describe, expect, it } from 'vitest';
import type { SkillPackPlugin } from '../skill-pack.js';
import { SKILL_PACK_CHECKS } from './skill-pack-checks.js';

/** Tests, with vitest, that a skill pack is one that every operator of this contract takes. */
export function describeSkillPack(plugin: SkillPackPlugin): void {
  describe(`skill pack ${plugin.object.metadata.name} keeps the contract`, () => {
    it.each(SKILL_PACK_CHECKS)('$promise', ({ faults }) => {
      expect(faults(plugin)).toEqual([]);
    });
  });
}

/** The faults of a skill pack by the promise it breaks; empty when it breaks none. */
export function skillPackFaults(plugin: SkillPackPlugin): Readonly<Record<string, readonly string[]>> {
  const found = SKILL_PACK_CHECKS.map(({ promise, faults }) => [promise, faults(plugin)] as const);
  return Object.fromEntries(found.filter(([, faults]) => faults.length > 0));
}
