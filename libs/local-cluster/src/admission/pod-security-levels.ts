import type { Fields } from '../builtin/strategies/access.js';
import { baselineChecks, baselineSeccomp, type Check } from './pod-security-baseline.js';
import { restrictedChecks } from './pod-security-restricted.js';

export type PodSecurityLevel = 'privileged' | 'baseline' | 'restricted';

/** Those of the baseline that have a stricter form are not asked twice. */
const CHECKS: Readonly<Record<PodSecurityLevel, readonly Check[]>> = {
  privileged: [],
  baseline: [
    baselineChecks.capabilities,
    baselineChecks.hostNamespaces,
    baselineChecks.hostPathVolumes,
    baselineChecks.hostPorts,
    baselineChecks.hostProbes,
    baselineChecks.privileged,
    baselineSeccomp,
    baselineChecks.sysctls,
  ],
  restricted: [
    baselineChecks.hostNamespaces,
    baselineChecks.hostPorts,
    baselineChecks.hostProbes,
    baselineChecks.privileged,
    baselineChecks.sysctls,
    ...restrictedChecks,
  ],
};

/** Why a Pod's spec may not run at a level, in the words of pod-security-admission; empty: it may. */
export const violationsOf = (level: PodSecurityLevel, spec: Fields): string[] =>
  CHECKS[level].flatMap((check) => check(spec) ?? []);
