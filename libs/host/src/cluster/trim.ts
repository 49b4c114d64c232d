import { ANNOTATION, isTerminal, type AgentRun, type KubeObject } from '@sympozium/api';
import { CONFIG_MAP, type ConfigMap } from '@sympozium/plugin-sdk/manifests';
import { without } from '../without.js';

/** A finished run only waits for its end: its conversation and answer, the bulk of it, are not kept in memory. */
export const trimRun = (run: AgentRun): AgentRun =>
  isTerminal(run.status.phase)
    ? {
        ...run,
        spec: without(run.spec, 'messages', 'task', 'systemPrompt', 'tools'),
        status: without(run.status, 'result'),
      }
    : run;

/** What cannot change need not be compared: an immutable ConfigMap without its content. */
export const trimOwned = (object: KubeObject): KubeObject =>
  object.kind === CONFIG_MAP.kind && (object as ConfigMap).immutable === true
    ? without(object as ConfigMap, 'data', 'binaryData')
    : object;

/** What is only read: without the agent's input, up to 200 KiB that the run's own spec holds already. */
export const trimWatched = (object: KubeObject): KubeObject =>
  object.metadata.annotations?.[ANNOTATION.runInput] === undefined
    ? object
    : {
        ...object,
        metadata: { ...object.metadata, annotations: without(object.metadata.annotations, ANNOTATION.runInput) },
      };
