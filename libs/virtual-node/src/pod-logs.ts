import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerLog } from './container-log.js';
import type { LogSource } from './log-reader.js';
import { allContainers, type Pod } from './pod.js';

/** Whose log is asked for. */
export interface LogRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Of the run before the last. */
  readonly previous: boolean;
}

/** Why there is none, with the HTTP status that a kubelet gives. */
export interface LogProblem {
  readonly problem: string;
  readonly status: 400 | 404;
}

/** A container's log: the newest, or the one before it. `live` is the one that is written now. */
export function findPodLog(
  pod: Pod | undefined,
  folder: string,
  live: ContainerLog | undefined,
  { pod: name, container, previous }: LogRequest,
): LogSource | LogProblem {
  if (!pod) return { status: 404, problem: `pod "${name}" is not on this node` };
  if (!allContainers(pod).some((known) => known.name === container))
    return { status: 404, problem: `container "${container}" not found in pod "${name}"` };
  const file = logFiles(join(folder, 'containers', container)).at(previous ? -2 : -1);
  if (file === undefined) return { status: 400, problem: noLog(name, container, previous) };
  return live?.file === file ? { file, live } : { file };
}

const noLog = (pod: string, container: string, previous: boolean): string =>
  previous
    ? `previous terminated container "${container}" in pod "${pod}" not found`
    : `container "${container}" in pod "${pod}" is waiting to start, or its log is gone`;

/** Oldest first; one a start, named by its number. */
function logFiles(folder: string): string[] {
  try {
    const numbers = readdirSync(folder).flatMap((file) => /^(\d+)\.log$/.exec(file)?.[1] ?? []);
    return numbers.sort((a, b) => Number(a) - Number(b)).map((number) => join(folder, `${number}.log`));
  } catch {
    return []; // nothing was prepared yet
  }
}
