import type { AgentRun } from '@sympozium/api';
import type { ObjectKey } from '@sympozium/kube';

/** Namespace and name of a run, for calls. */
export const keyOf = ({ metadata: { namespace, name } }: AgentRun): ObjectKey =>
  namespace === undefined ? { name } : { namespace, name };
