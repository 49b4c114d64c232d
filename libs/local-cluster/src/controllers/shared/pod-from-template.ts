import type { Kind, KubeObject, OwnerReference } from '@sympozium/api';
import type { PodTemplate } from './pod.js';

/** A reference that makes `owner` the controller of what carries it. */
export const controllerReference = (kind: Kind, owner: KubeObject): OwnerReference => ({
  apiVersion: kind.apiVersion,
  kind: kind.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
});

/** The reference of the object's controller, if it has one. */
export const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find(({ controller }) => controller === true);

/** Whether `owner` is the object's controller. */
export const isControlledBy = (object: KubeObject, owner: KubeObject): boolean =>
  controllerOf(object)?.uid === owner.metadata.uid;

/** The Pod that a controller creates of its template, named after the controller. */
export function podFromTemplate(template: PodTemplate, owner: KubeObject, reference: OwnerReference): KubeObject {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return structuredClone({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: template.metadata?.generateName ?? `${owner.metadata.name}-`,
      namespace: owner.metadata.namespace,
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ...(finalizers ? { finalizers } : {}),
      ownerReferences: [reference],
    },
    spec: template.spec,
  } as unknown as KubeObject);
}
