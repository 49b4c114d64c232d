import { groupOf, type Kind, type KubeObject, type OwnerReference } from '@sympozium/api';

/** The object of this kind that controls another one, in whatever version it is named. */
export const controllerOf = ({ metadata }: KubeObject, kind: Kind): OwnerReference | undefined =>
  metadata.ownerReferences?.find(
    (owner) => owner.controller === true && owner.kind === kind.kind && groupOf(owner) === groupOf(kind),
  );
