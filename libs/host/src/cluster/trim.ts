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

/**
 * A child without its bulk: what an immutable ConfigMap holds, and the agent's input, up to 200 KiB that the run's own
 * spec holds already, in a Pod and in the template of what makes Pods. A wish is compared after the same cut.
 */
export function trimChild(object: KubeObject): KubeObject {
  if (object.kind === CONFIG_MAP.kind)
    return (object as ConfigMap).immutable === true ? without(object as ConfigMap, 'data', 'binaryData') : object;
  const { template } = (object as Templated).spec ?? {};
  const trimmed = trimInput(object);
  return template?.metadata ? withTemplate(trimmed, trimInput(template)) : trimmed;
}

interface Annotated {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
}

interface Templated extends KubeObject {
  readonly spec?: { readonly template?: Annotated };
}

const withTemplate = (object: KubeObject, template: Annotated): KubeObject => {
  const { spec } = object as Templated;
  return template === spec?.template ? object : ({ ...object, spec: { ...spec, template } } as KubeObject);
};

const trimInput = <T extends Annotated>(object: T): T =>
  object.metadata?.annotations?.[ANNOTATION.runInput] === undefined
    ? object
    : {
        ...object,
        metadata: { ...object.metadata, annotations: without(object.metadata.annotations, ANNOTATION.runInput) },
      };
