import type { AgentRun, SympoziumInstance } from '@sympozium/api';
import type { ResolvedSkill } from '@sympozium/plugin-sdk';
import type { SkillResolver } from '../skills/skill-resolver.js';
import { isObstacle, obstacle, type Obstacle } from './obstacle.js';

/** What a plan is made from, or why there can be none yet. */
export interface Prerequisites {
  readonly instance?: SympoziumInstance;
  readonly skills?: readonly ResolvedSkill[];
  readonly obstacle?: Obstacle;
}

/** Looks for the run's instance and for the skills of both. */
export function findPrerequisites(
  run: AgentRun,
  instance: SympoziumInstance | undefined,
  resolver: SkillResolver,
): Prerequisites {
  if (!instance) {
    const where = `${run.metadata.namespace ?? ''}/${run.spec.instanceRef.name}`;
    return { obstacle: obstacle('Accepted', 'InstanceNotFound', where) };
  }
  const skills = resolver.ofRun(run, instance);
  return isObstacle(skills) ? { instance, obstacle: skills } : { instance, skills };
}
