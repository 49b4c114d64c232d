import type { CelRule } from './schema.js';

const NAME = String.raw`self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')`;

const nameRules = (what: string, max: number): CelRule[] => [
  {
    rule: NAME,
    message: `write the name of ${what} with a-z, 0-9 and -, beginning with a letter and ending with a letter or digit`,
  },
  { rule: `self.metadata.name.size() <= ${max}`, message: `write a name of at most ${max} characters for ${what}` },
];

/** What holds for a whole AgentRun. */
export const AGENT_RUN_RULES: readonly CelRule[] = nameRules('an AgentRun', 52);

/** What holds for a whole SympoziumInstance. */
export const INSTANCE_RULES: readonly CelRule[] = nameRules('a SympoziumInstance', 40);
