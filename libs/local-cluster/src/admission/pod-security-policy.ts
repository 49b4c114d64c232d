import type { FieldError } from '../api-error.js';
import { invalidValue } from '../schema/field-errors.js';
import { LEVELS, type PodSecurityLevel } from './pod-security-levels.js';

const LABEL = 'pod-security.kubernetes.io/';
const MODES = ['enforce', 'audit', 'warn'] as const;
export type PodSecurityMode = (typeof MODES)[number];

type Labels = Readonly<Record<string, string>>;

/** A level at a version of Kubernetes; the rules are those of the newest, whatever the version. */
export interface PodSecurityPolicy {
  readonly level: PodSecurityLevel;
  readonly version: string;
}

export const shownPolicy = ({ level, version }: PodSecurityPolicy): string => `${level}:${version}`;

const isLevel = (level: string): level is PodSecurityLevel => LEVELS.some((known) => known === level);
const isVersion = (version: string): boolean => version === 'latest' || /^v1\.(0|[1-9]\d*)$/.test(version);

/** What a namespace's labels say of one mode. Who only enforces is warned by the same measure. */
export function policyOf(labels: Labels, mode: PodSecurityMode): PodSecurityPolicy {
  const policy = ownPolicyOf(labels, mode);
  if (mode !== 'warn' || labels[`${LABEL}warn`] !== undefined) return policy;
  const enforced = ownPolicyOf(labels, 'enforce');
  if (enforced.level === 'privileged' || !isLevel(labels[`${LABEL}enforce`] ?? '')) return policy;
  const hasVersion = labels[`${LABEL}warn-version`] !== undefined;
  return hasVersion ? { ...policy, level: enforced.level } : enforced;
}

function ownPolicyOf(labels: Labels, mode: PodSecurityMode): PodSecurityPolicy {
  const level = labels[`${LABEL}${mode}`] ?? 'privileged';
  const version = labels[`${LABEL}${mode}-version`] ?? 'latest';
  const fallback = mode === 'enforce' ? 'restricted' : 'privileged';
  return { level: isLevel(level) ? level : fallback, version: isVersion(version) ? version : 'latest' };
}

/** What is wrong with a namespace's labels. */
export const policyErrors = (labels: Labels): FieldError[] =>
  MODES.flatMap((mode) => [
    ...labelErrors(labels, mode, isLevel, `must be one of ${LEVELS.join(', ')}`),
    ...labelErrors(labels, `${mode}-version`, isVersion, 'must be "latest" or "v1.x"'),
  ]);

function labelErrors(labels: Labels, name: string, isGood: (value: string) => boolean, detail: string): FieldError[] {
  const value = labels[`${LABEL}${name}`];
  return value === undefined || isGood(value) ? [] : [invalidValue(`metadata.labels[${LABEL}${name}]`, value, detail)];
}
