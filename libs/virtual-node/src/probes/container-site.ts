import type { Guardian } from '@sympozium/process';
import type { ContainerCommand } from '../container-process.js';
import type { Container } from '../pod.js';

/** A container as its probes and hooks find it. */
export interface ContainerSite {
  readonly container: Container;
  /** The address that its process binds. */
  readonly host: string;
  readonly environment: ContainerCommand['environment'];
  readonly workingFolder: string;
  /** A command with its paths made real. */
  readonly inContainer: (command: readonly string[]) => readonly string[];
  readonly guardian: Guardian;
}

/** Number of a port that a probe names; undefined when the container has no such name. */
export function portNumber({ ports = [] }: Container, port: number | string): number | undefined {
  const number = Number(port);
  if (Number.isInteger(number)) return number;
  return ports.find(({ name }) => name === port)?.containerPort;
}
