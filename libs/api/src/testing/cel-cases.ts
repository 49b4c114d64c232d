import { AGENT_RUN_CASES } from './agent-run-cases.js';
import type { CelCase } from './cel-case.js';
import { INSTANCE_CASES } from './instance-cases.js';
import { SCHEDULE_CASES } from './schedule-cases.js';
import { SKILL_PACK_CASES } from './skill-pack-cases.js';

/** Every CEL rule of every kind: what it accepts, and what it refuses with which message. */
export const CEL_CASES: readonly CelCase[] = [
  ...AGENT_RUN_CASES,
  ...INSTANCE_CASES,
  ...SKILL_PACK_CASES,
  ...SCHEDULE_CASES,
];
