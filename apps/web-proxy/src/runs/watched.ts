import {
  AGENT_RUN,
  LABEL,
  labelValue,
  SYMPOZIUM_INSTANCE,
  type AgentRun,
  type SympoziumInstance,
} from '@sympozium/api';
import type { InformerOptions } from '@sympozium/kube';

/** What a proxy serves: the instances of a namespace, or one of them. */
export interface Served {
  readonly namespace: string;
  readonly instance?: string | undefined;
}

/** Of the instances the server sends those that are served and no others. */
export const watchedInstances = ({ namespace, instance }: Served): InformerOptions<SympoziumInstance> => ({
  kind: SYMPOZIUM_INSTANCE,
  namespace,
  ...(instance !== undefined && { fieldSelector: `metadata.name=${instance}` }),
});

/** Of the runs likewise: many proxies of one instance each would else hold all runs of the namespace. */
export const watchedRuns = ({ namespace, instance }: Served): InformerOptions<AgentRun> => ({
  kind: AGENT_RUN,
  namespace,
  ...(instance !== undefined && { labelSelector: `${LABEL.instance}=${labelValue(instance)}` }),
  trim: onlyItsStand,
});

/** Of each run the cache keeps how it stands; what was asked and answered is read when it is needed. */
function onlyItsStand({ apiVersion, kind, metadata, spec, status }: AgentRun): AgentRun {
  const { name, namespace, uid, resourceVersion, deletionTimestamp } = metadata;
  const { instanceRef, timeout, retry, ttlAfterFinished } = spec;
  const { phase, reason, message } = status;
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    },
    spec: { instanceRef, timeout, retry, ttlAfterFinished },
    status: { phase, ...(reason !== undefined && { reason }), ...(message !== undefined && { message }) },
  };
}
