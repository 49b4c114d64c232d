import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { SympoziumError } from '@sympozium/api';
import { livingOwner } from '@sympozium/process';

/** Names the process that holds a data folder. */
export const LOCK_FILE = 'lock';

/** Marks a folder as ours, so that none that was named by mistake is written to, or emptied by `--fresh`. */
const MARK = 'README';
const MARK_TEXT = 'State of a local Sympozium (`npm start`). Delete this folder to begin anew.\n';
/** What a local system leaves in its folder. */
const KEPT: readonly string[] = ['data', 'run', 'pods', 'logs', 'kubeconfig'];
const FEW = 3;

/** The state folder of a local system; one process at a time may hold it. */
export class DataFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes the folder, unless another process holds it or it cannot be written. */
  static prepare(path: string): DataFolder {
    if (path === '')
      throw new SympoziumError('USAGE', '--data-dir is empty. Name a folder, or leave it out for .sympozium.');
    const folder = new DataFolder(resolve(path));
    const owner = ownerOf(folder);
    if (owner === undefined || owner === process.pid) return folder;
    const otherwise = `Stop that, or choose another folder with --data-dir.`;
    throw new SympoziumError(
      'SETTING_INVALID',
      `${folder.path} is in use by process ${owner} (so says its file ${LOCK_FILE}). ${otherwise}`,
    );
  }

  /** Makes the folder and takes its lock. A lock whose process is gone is taken over. */
  static open(path: string): DataFolder {
    const folder = DataFolder.prepare(path);
    writeFileSync(folder.file(LOCK_FILE), String(process.pid));
    return folder;
  }

  file(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  /** Forgets what a local system keeps here; nothing else that may be in the folder. */
  clear(): void {
    for (const name of KEPT) rmSync(this.file(name), { recursive: true, force: true });
    mkdirSync(this.file('logs'), { recursive: true });
  }

  /** Gives the folder up. What it holds stays. */
  release(): void {
    rmSync(this.file(LOCK_FILE), { force: true });
  }
}

function ownerOf(folder: DataFolder): number | undefined {
  try {
    mkdirSync(folder.path, { recursive: true, mode: 0o700 });
    requireOurs(folder);
    mkdirSync(folder.file('logs'), { recursive: true });
    for (const path of [folder.path, folder.file('logs')]) accessSync(path, constants.W_OK);
    return livingOwner(folder.file(LOCK_FILE));
  } catch (error) {
    if (error instanceof SympoziumError) throw error;
    throw new SympoziumError(
      'SETTING_INVALID',
      `${folder.path} cannot be used as data folder: ${(error as Error).message}. Choose another one with --data-dir.`,
      { cause: error },
    );
  }
}

/** Marks a folder that is empty or of an older start. */
function requireOurs(folder: DataFolder): void {
  const mark = folder.file(MARK);
  if (existsSync(mark) && readFileSync(mark, 'utf8') === MARK_TEXT) return;
  const foreign = readdirSync(folder.path).filter((name) => ![...KEPT, LOCK_FILE].includes(name));
  if (foreign.length > 0) {
    const some = foreign.slice(0, FEW).join(', ') + (foreign.length > FEW ? ', …' : '');
    throw new SympoziumError(
      'SETTING_INVALID',
      `${folder.path} is no data folder of Sympozium: it holds ${some}. Choose an empty or new one with --data-dir.`,
    );
  }
  writeFileSync(mark, MARK_TEXT);
}
