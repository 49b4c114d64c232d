import type { V1Container, V1PodSpec, V1PodTemplateSpec, V1SecurityContext } from '@kubernetes/client-node';
import type { Wire } from './wire.js';

/** The user that images of distroless kind call `nonroot`; any image runs as it, whatever its own user is. */
export const NON_ROOT_UID = 65532;

/** What Pod Security `restricted` asks of a container, and a root file system that cannot be written. */
export const restrictedSecurityContext = (): V1SecurityContext => ({
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
});

/** A container without its security context, which `podTemplate` sets. */
export type ContainerParts = Omit<Wire<V1Container>, 'securityContext'>;

/** What a Pod is made of; everything that makes it safe is not asked. */
export interface PodTemplateParts extends Omit<Wire<V1PodSpec>, 'containers' | 'initContainers' | 'securityContext'> {
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
  readonly containers: readonly ContainerParts[];
  readonly initContainers?: readonly ContainerParts[];
}

/**
 * A Pod template that satisfies Pod Security `restricted`: no root, no privileges, no API credential,
 * no variables about other Services. `restartPolicy` is `Never` unless given.
 */
export function podTemplate(parts: PodTemplateParts): Wire<V1PodTemplateSpec> {
  const { labels, annotations, containers, initContainers, ...spec } = parts;
  return {
    metadata: { ...(labels && { labels }), ...(annotations && { annotations }) },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...spec,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: NON_ROOT_UID,
        runAsGroup: NON_ROOT_UID,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      ...(initContainers && { initContainers: initContainers.map(secured) }),
      containers: containers.map(secured),
    },
  };
}

const secured = (container: ContainerParts): Wire<V1Container> => ({
  ...container,
  securityContext: restrictedSecurityContext(),
});
