import { SympoziumError, type ErrorCode } from '@sympozium/api';
import { KubeError } from '@sympozium/kube';

/** Codes that mean the command itself was wrong: exit 2. Everything else that failed is exit 1. */
const USAGE: readonly ErrorCode[] = ['USAGE', 'SETTING_INVALID'];

/** What the user reads: one sentence or two, never a stack. */
export function sentenceOf(error: unknown): string {
  if (error instanceof SympoziumError) return error.message;
  if (error instanceof KubeError)
    return error.status === 0
      ? `the Kubernetes API server cannot be reached (${error.message}). Check that it runs, and the kubeconfig.`
      : `the Kubernetes API server says: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

export function exitCodeOf(error: unknown): number {
  return error instanceof SympoziumError && USAGE.includes(error.code) ? 2 : 1;
}
