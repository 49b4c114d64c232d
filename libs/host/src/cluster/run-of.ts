import { AGENT_RUN, LABEL, type KubeObject, type OwnerReference } from '@sympozium/api';
import { objectKey } from '@sympozium/controller';
import { controllerOf } from './controller-of.js';

/** The AgentRun that controls an object. */
const controllingRun = (object: KubeObject): OwnerReference | undefined => controllerOf(object, AGENT_RUN);

/**
 * The uid of the run an object belongs to: its controller's, else what its label says (a Pod's controller is the Job).
 * Never the name alone: a run that was deleted and made again must not read its predecessor's Pod.
 */
export const runUidOf = (object: KubeObject): string | undefined =>
  controllingRun(object)?.uid ?? object.metadata.labels?.[LABEL.runUid];

/** The queue key of the run an object belongs to or stands in the way of. */
export function runKeyOf(object: KubeObject): string | undefined {
  const name = controllingRun(object)?.name ?? object.metadata.labels?.[LABEL.run];
  return name === undefined ? undefined : objectKey(object.metadata.namespace ?? '', name);
}

/** Whether this very run controls the object. */
export const isControlledBy = (object: KubeObject, run: KubeObject): boolean =>
  controllingRun(object)?.uid === run.metadata.uid;

export const hasController = ({ metadata }: KubeObject): boolean =>
  metadata.ownerReferences?.some(({ controller }) => controller === true) === true;

/** Whether the object is this run's: it controls it, or somebody took the owner away and left the label. */
export const isOurs = (object: KubeObject, run: KubeObject): boolean =>
  isControlledBy(object, run) ||
  (!hasController(object) &&
    run.metadata.uid !== undefined &&
    object.metadata.labels?.[LABEL.runUid] === run.metadata.uid);

/** Whether an earlier run of the same name controls the object. */
export function isPredecessors(object: KubeObject, run: KubeObject): boolean {
  const owner = controllingRun(object);
  return owner !== undefined && owner.name === run.metadata.name && owner.uid !== run.metadata.uid;
}
