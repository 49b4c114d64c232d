import { MAX_INSTANCE_NAME, MAX_RUN_NAME, MAX_SCHEDULE_NAME, MAX_SKILL_PACK_NAME } from '../names.js';
import type { CelRule } from './schema.js';

/** Names are DNS-1035 labels, because Services carry them too; `max` leaves room for what children add. */
const nameRules = (max: number): CelRule[] => [
  {
    rule: "self.metadata.name.matches(r'^[a-z]([-a-z0-9]*[a-z0-9])?$')",
    message: 'write metadata.name with a-z, 0-9 and -, beginning with a letter and ending with a letter or digit',
  },
  {
    rule: `self.metadata.name.size() <= ${max}`,
    message: `write a metadata.name of at most ${max} characters`,
  },
];

/** That a field which may be absent is as it was. Optionals (`self.?x`) would say it shorter, but cost without bound. */
function unchanged(path: string, field: string): string {
  const [now, before] = [`self${path}.${field}`, `oldSelf${path}.${field}`];
  return `has(${now}) ? has(${before}) && ${now} == ${before} : !has(${before})`;
}

/** What holds for the spec of an AgentRun as a whole. */
export const AGENT_RUN_SPEC_RULES: readonly CelRule[] = [
  {
    rule: '!(has(self.task) && has(self.messages))',
    message: 'give task (one text) or messages (a conversation), but not both',
  },
  {
    rule: "has(self.task) || has(self.messages) || (has(self.mode) ? self.mode != 'task' : has(self.skills) && self.skills.size() > 0)",
    message: 'give task (one text) or messages (a conversation); a run that serves writes mode: server',
    reason: 'FieldValueRequired',
  },
  {
    rule: unchanged('', 'mode'),
    message: 'a run keeps its mode; create a new run with the other mode',
    reason: 'FieldValueForbidden',
    fieldPath: '.mode',
  },
  {
    rule: '!has(oldSelf.cancel) || !oldSelf.cancel || (has(self.cancel) && self.cancel)',
    message: 'a cancelled run stays cancelled; create a new run',
    reason: 'FieldValueForbidden',
    fieldPath: '.cancel',
  },
];

/** Fields that a task run may change, and those with a rule of their own. */
const NOT_FIXED = ['cancel', 'ttlAfterFinished', 'ttlAfterFailure', 'mode', 'instanceRef'];

/**
 * Whether a run is a task by its decided mode, else by the one it asks for.
 * A run whose mode is neither written nor decided counts as a task.
 */
const IS_TASK =
  "(has(oldSelf.status) && has(oldSelf.status.mode) ? oldSelf.status.mode : has(oldSelf.spec.mode) ? oldSelf.spec.mode : 'task') == 'task'";

const fixedInTasks = (field: string): CelRule => ({
  rule: `!(${IS_TASK}) || (${unchanged('.spec', field)})`,
  message: `a task run keeps its ${field}; change only cancel and the ttls, or create a new run`,
  reason: 'FieldValueForbidden',
  fieldPath: `.spec.${field}`,
});

/** What holds for a whole AgentRun whose spec has these fields: a new field is fixed in task runs unless listed. */
export const agentRunRules = (fields: readonly string[]): readonly CelRule[] => [
  ...nameRules(MAX_RUN_NAME),
  ...fields.filter((field) => !NOT_FIXED.includes(field)).map(fixedInTasks),
];

/** What holds for a whole SkillPack: its name becomes a container's. */
export const SKILL_PACK_RULES: readonly CelRule[] = nameRules(MAX_SKILL_PACK_NAME);

/** What holds for a whole SympoziumSchedule: its name begins those of its runs. */
export const SCHEDULE_RULES: readonly CelRule[] = nameRules(MAX_SCHEDULE_NAME);

/** What holds for a whole SympoziumInstance. */
export const INSTANCE_RULES: readonly CelRule[] = nameRules(MAX_INSTANCE_NAME);
