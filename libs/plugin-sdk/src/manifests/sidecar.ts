import { defined, type SidecarSpec } from '@sympozium/api';
import type { ContainerParts } from './pod-template.js';

/** Name of the container that a pack brings. */
export const sidecarName = (pack: string): string => `skill-${pack}`;

/** What a pack says of its container, whatever runs it; environment and resources are merged by the mode. */
export function sidecarParts({ image, command, args, ports, probes = {} }: SidecarSpec): Omit<ContainerParts, 'name'> {
  return defined({
    image,
    command,
    args,
    // Server-side apply tells ports apart by number and protocol.
    ports: ports?.map((port) => ({ ...port, protocol: 'TCP' })),
    startupProbe: probes.startup,
    readinessProbe: probes.readiness,
    livenessProbe: probes.liveness,
  });
}
