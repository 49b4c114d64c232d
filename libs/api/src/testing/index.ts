export type { CelCase, RulePlace, SentObject } from './cel-case.js';
export * from './cel-cases.js';
