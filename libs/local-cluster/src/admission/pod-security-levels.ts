import type { Fields } from '../builtin/strategies/access.js';
import { baselineChecks } from './pod-security-baseline.js';
import type { Check } from './pod-security-check.js';
import {
  appArmorProfile,
  procMount,
  seccompProfile,
  seLinuxOptions,
  windowsHostProcess,
} from './pod-security-profiles.js';
import { restrictedChecks } from './pod-security-restricted.js';

/** From the most to the least that is allowed. */
export const LEVELS = ['privileged', 'baseline', 'restricted'] as const;
export type PodSecurityLevel = (typeof LEVELS)[number];

/** The order is that of the checks' names; those of the baseline that have a stricter form are not asked twice. */
const CHECKS: Readonly<Record<PodSecurityLevel, readonly Check[]>> = {
  privileged: [],
  baseline: [
    appArmorProfile,
    baselineChecks.capabilities,
    baselineChecks.hostNamespaces,
    baselineChecks.hostPathVolumes,
    baselineChecks.hostPorts,
    baselineChecks.hostProbes,
    baselineChecks.privileged,
    procMount,
    seLinuxOptions,
    seccompProfile,
    baselineChecks.sysctls,
    windowsHostProcess,
  ],
  restricted: [
    appArmorProfile,
    baselineChecks.hostNamespaces,
    baselineChecks.hostPorts,
    baselineChecks.hostProbes,
    baselineChecks.privileged,
    seLinuxOptions,
    baselineChecks.sysctls,
    windowsHostProcess,
    ...restrictedChecks,
  ],
};

/** Why a Pod may not run at a level, in the words of pod-security-admission; empty: it may. */
export const violationsOf = (level: PodSecurityLevel, spec: Fields, annotations: Fields = {}): string[] =>
  CHECKS[level].flatMap((check) => check(spec, annotations) ?? []);

/** The same without whom it is about. */
export const reasonsOf = (violations: readonly string[]): string =>
  violations.map((violation) => violation.slice(0, violation.indexOf(' ('))).join(', ');
