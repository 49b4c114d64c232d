import { processStart } from '@sympozium/process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const RECORD = 'process.json';

interface Recorded {
  readonly pid: number;
  readonly started: string;
}

/** Writes down which process a container is, so that a later life of the node can end it. */
export function recordProcess(containerFolder: string, pid: number): void {
  const record: Recorded = { pid, started: processStart(pid) ?? '' };
  writeFileSync(join(containerFolder, RECORD), JSON.stringify(record), { mode: 0o600 });
}

/** Whether a container of this Pod was ever started: its log is made before its process. */
export const wasStarted = (podFolder: string): boolean =>
  containerFolders(podFolder).some((folder) => readdirSync(folder).some((file) => file.endsWith('.log')));

/** Ends what a former life of the node left running; returns the pids. A pid that means another process now is spared. */
export function endLeftovers(podsFolder: string): number[] {
  const ended: number[] = [];
  for (const pod of folders(podsFolder)) {
    for (const folder of containerFolders(pod)) {
      const record = readRecord(folder);
      if (!record?.pid || !record.started || processStart(record.pid) !== record.started) continue;
      killGroup(record.pid, 'SIGKILL');
      ended.push(record.pid);
    }
  }
  return ended;
}

/** Signals a whole process group; one that is gone already is fine. */
export function killGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error; // macOS says EPERM of a group that has just ended
  }
}

function readRecord(folder: string): Recorded | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, RECORD), 'utf8')) as Recorded;
  } catch {
    return undefined; // never started, or the node died while writing it: the guardian has ended the process
  }
}

const containerFolders = (podFolder: string): string[] => folders(join(podFolder, 'containers'));

function folders(parent: string): string[] {
  if (!existsSync(parent)) return [];
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(parent, entry.name));
}
