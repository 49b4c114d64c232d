import {
  AGENT_RUN,
  ownerReference,
  runLabels,
  serverRunName,
  type AgentRunSpecInput,
  type KubeObject,
  type SympoziumInstance,
} from '@sympozium/api';
import type { ResolvedSkill } from '@sympozium/plugin-sdk';
import { SERVER_MODE } from '../plan/decide-mode.js';
import { hashed } from '../plan/dress.js';

/** A run as the host makes it: what has a default is left to the API server. */
export interface WishedRun extends KubeObject {
  readonly spec: AgentRunSpecInput;
}

/**
 * The server run of an instance, if one of its skills brings a server. It says little: what it serves, and with which
 * sidecar, its mode reads from the instance and its skills, so that most edits of an instance do not touch the run.
 */
export function planServerRun(instance: SympoziumInstance, skills: readonly ResolvedSkill[]): WishedRun | undefined {
  if (!skills.some(({ sidecar }) => sidecar?.requiresServer === true)) return undefined;
  const { name, namespace } = instance.metadata;
  const { podTemplate } = instance.spec.runDefaults ?? {};
  const run = serverRunName(name);
  return hashed({
    apiVersion: AGENT_RUN.apiVersion,
    kind: AGENT_RUN.kind,
    metadata: {
      name: run,
      ...(namespace !== undefined && { namespace }),
      labels: runLabels({ run, instance: name, mode: SERVER_MODE }),
      ownerReferences: [ownerReference(instance)],
    },
    spec: { instanceRef: { name }, mode: SERVER_MODE, ...(podTemplate && { podTemplate }) },
  });
}
