import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SympoziumError } from '@sympozium/api';

/** Process id in a data folder’s lock file, if there is one. */
export function readLock(folder: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(folder, 'lock'), 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether a process of this machine lives. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The state folder of a local cluster; one process at a time may hold it. */
export class DataFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes the folder and takes its lock. A lock whose process is gone is taken over. */
  static open(path: string): DataFolder {
    const folder = new DataFolder(resolve(path));
    mkdirSync(folder.file('logs'), { recursive: true });
    const owner = readLock(folder.path);
    if (owner !== undefined && owner !== process.pid && isAlive(owner))
      throw new SympoziumError(
        'SETTING_INVALID',
        `${folder.path} is in use by process ${owner}. Stop it, or choose another folder with --data-dir.`,
      );
    writeFileSync(folder.file('lock'), String(process.pid));
    return folder;
  }

  file(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  /** Gives the folder up. What it holds stays. */
  release(): void {
    rmSync(this.file('lock'), { force: true });
  }
}
