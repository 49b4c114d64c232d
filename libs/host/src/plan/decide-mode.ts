import type { AgentRun } from '@sympozium/api';

const DEFAULT_MODE = 'task';

/** A run's mode: as recorded, else as wished, else `task`. Skill packs that require a server will have their say here. */
export const decideMode = ({ spec, status }: AgentRun): string => status.mode ?? spec.mode ?? DEFAULT_MODE;
