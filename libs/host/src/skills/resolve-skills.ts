import type { JsonObject, SkillPack, SkillUse } from '@sympozium/api';
import type { ResolvedSkill } from '@sympozium/plugin-sdk';
import { obstacle, type Obstacle } from '../plan/obstacle.js';
import type { ParamsChecker } from './params-checker.js';

/** The SkillPack that a name stands for in one namespace. */
export type FindPack = (name: string) => SkillPack | undefined;

/** Who uses skills: a run, an instance, or both. */
export interface SkillUsers {
  readonly run?: readonly SkillUse[] | undefined;
  readonly instance?: readonly SkillUse[] | undefined;
}

interface Use {
  readonly from: ResolvedSkill['from'];
  readonly pack: string;
  readonly params: JsonObject | undefined;
  /** Where the parameters stand, for people. */
  readonly where: string;
}

/**
 * All skills with their packs and checked parameters, the run's own first; one that both name is the run's. Else what
 * is in the way: packs that do not exist, before one that is broken, before parameters that do not fit.
 */
export function resolveSkills(
  users: SkillUsers,
  find: FindPack,
  checker: ParamsChecker,
): readonly ResolvedSkill[] | Obstacle {
  const uses = usesOf(users);
  const missing = uses.filter(({ pack }) => !find(pack)).map(({ pack }) => pack);
  if (missing.length > 0) return obstacle('Accepted', 'SkillPackNotFound', missing.join(', '));
  const skills: ResolvedSkill[] = [];
  for (const use of uses) {
    const pack = find(use.pack);
    const skill = pack && resolve(use, pack, checker);
    if (skill && 'reason' in skill) return skill;
    if (skill) skills.push(skill);
  }
  return skills;
}

function usesOf({ run = [], instance = [] }: SkillUsers): readonly Use[] {
  const all = [
    ...run.map((use, at) => toUse('run', use, at)),
    ...instance.map((use, at) => toUse('instance', use, at)),
  ];
  return all.filter(({ pack }, at) => all.findIndex((other) => other.pack === pack) === at);
}

const toUse = (from: Use['from'], { skillPackRef, params }: SkillUse, at: number): Use => ({
  from,
  pack: skillPackRef.name,
  params: params as JsonObject | undefined,
  where: `spec.skills[${at}].params of the ${from}`,
});

function resolve({ from, params, where }: Use, pack: SkillPack, checker: ParamsChecker): ResolvedSkill | Obstacle {
  const { name, namespace = '' } = pack.metadata;
  const checked = checker.check(pack, params);
  if ('reason' in checked) {
    const about = checked.reason === 'SkillPackInvalid' ? `${namespace}/${name}` : `${name}, ${where}`;
    return obstacle('Accepted', checked.reason, `${about}: ${checked.detail}`);
  }
  const { skills = [], sidecar } = pack.spec;
  return { pack: name, from, params: checked.params, documents: skills, ...(sidecar && { sidecar }) };
}
