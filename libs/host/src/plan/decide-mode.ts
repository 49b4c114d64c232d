import type { AgentRun } from '@sympozium/api';
import type { FindPack } from '../skills/resolve-skills.js';
import { obstacle, type Obstacle } from './obstacle.js';

const DEFAULT_MODE = 'task';

/** Mode of what a SkillPack with `requiresServer` makes of a run, and of an instance's server run. */
export const SERVER_MODE = 'server';

/**
 * A run's mode: as recorded, else as wished, else `server` if one of its own skills brings a server, else `task`.
 * Skills of its instance never count. A run waits, undecided, while a pack that might decide it is not there.
 */
export function decideMode(run: AgentRun, find: FindPack): string | Obstacle {
  const { spec, status } = run;
  return status.mode ?? spec.mode ?? decideBySkills(run, find);
}

/** What a run's mode was decided or wished to be; skills have no say any more in what becomes of a deleted run. */
export const recordedMode = ({ spec, status }: AgentRun): string => status.mode ?? spec.mode ?? DEFAULT_MODE;

/** Whether the decision rests on SkillPacks, which may change: it must be recorded before it is acted upon. */
export const isDecidedBySkills = ({ spec, status }: AgentRun): boolean =>
  status.mode === undefined && spec.mode === undefined && (spec.skills ?? []).length > 0;

function decideBySkills({ spec }: AgentRun, find: FindPack): string | Obstacle {
  const names = (spec.skills ?? []).map(({ skillPackRef }) => skillPackRef.name);
  if (names.some((name) => find(name)?.spec.sidecar?.requiresServer === true)) return SERVER_MODE;
  const missing = names.filter((name) => !find(name));
  if (missing.length > 0) return obstacle('Accepted', 'SkillPackNotFound', missing.join(', '));
  const hasWork = spec.task !== undefined || spec.messages !== undefined;
  return hasWork ? DEFAULT_MODE : { ...obstacle('Accepted', 'TaskMissing'), final: true };
}
