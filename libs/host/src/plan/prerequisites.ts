import type { AgentRun, SympoziumInstance } from '@sympozium/api';
import type { ResolvedSkill } from '@sympozium/plugin-sdk';
import { isObstacle, obstacle, type Obstacle } from './obstacle.js';

/** What a plan is made from, or why there can be none yet. */
export interface Prerequisites {
  readonly instance?: SympoziumInstance;
  readonly skills?: readonly ResolvedSkill[];
  readonly obstacle?: Obstacle;
}

/** Looks for the run's instance and for the skills of both. */
export function findPrerequisites(run: AgentRun, instance: SympoziumInstance | undefined): Prerequisites {
  if (!instance) {
    const where = `${run.metadata.namespace ?? ''}/${run.spec.instanceRef.name}`;
    return { obstacle: obstacle('Accepted', 'InstanceNotFound', where) };
  }
  const skills = resolveSkills(run, instance);
  return isObstacle(skills) ? { instance, obstacle: skills } : { instance, skills };
}

/** No SkillPack can be found yet: a run without skills has all of its skills, any other one none. */
function resolveSkills(run: AgentRun, instance: SympoziumInstance): readonly ResolvedSkill[] | Obstacle {
  const wanted = [...(run.spec.skills ?? []), ...(instance.spec.skills ?? [])];
  const names = [...new Set(wanted.map(({ skillPackRef }) => skillPackRef.name))];
  return names.length === 0 ? [] : obstacle('Accepted', 'SkillPackNotFound', names.join(', '));
}
