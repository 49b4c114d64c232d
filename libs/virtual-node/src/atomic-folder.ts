import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OWNER, sameFile, type FileFolder } from './file-folder.js';
import type { VolumeFile } from './volumes.js';

const DATA = '..data';
const NEXT = '..data_next';

/**
 * A folder whose files change all at once, in the layout of the kubelet's: each name is a link into `..data`, itself a
 * link to the folder that holds the files as they are now. Who watches for a change watches `..data`.
 */
export class AtomicFolder implements FileFolder {
  readonly #path: string;
  #files: readonly VolumeFile[] = [];
  #turn = 0;

  constructor(path: string) {
    this.#path = path;
    mkdirSync(path, { recursive: true, mode: OWNER });
  }

  /** Makes these the folder's files; the same as before leave it untouched. */
  write(files: readonly VolumeFile[]): void {
    if (sameFiles(files, this.#files)) return;
    const before = this.#turn;
    const now = ++this.#turn;
    this.#writeAll(`..${now}`, files);
    link(`..${now}`, join(this.#path, NEXT));
    renameSync(join(this.#path, NEXT), join(this.#path, DATA));
    this.#link(namesOf(this.#files), namesOf(files));
    this.#files = files;
    if (before > 0) rmSync(join(this.#path, `..${before}`), { recursive: true, force: true });
  }

  #writeAll(folder: string, files: readonly VolumeFile[]): void {
    mkdirSync(join(this.#path, folder), { recursive: true, mode: OWNER });
    for (const { path, content, mode } of files) {
      const file = join(this.#path, folder, path);
      if (path.includes('/')) mkdirSync(dirname(file), { recursive: true, mode: OWNER });
      writeFileSync(file, content, { mode: mode & OWNER });
    }
  }

  #link(before: ReadonlySet<string>, now: ReadonlySet<string>): void {
    for (const name of now) if (!before.has(name)) link(join(DATA, name), join(this.#path, name));
    for (const name of before) if (!now.has(name)) rmSync(join(this.#path, name), { force: true });
  }
}

/** In place of one that a writing which failed has left. */
function link(target: string, path: string): void {
  try {
    symlinkSync(target, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    rmSync(path);
    symlinkSync(target, path);
  }
}

/** First element of each path: what one sees in the folder. */
const namesOf = (files: readonly VolumeFile[]): ReadonlySet<string> =>
  new Set(files.map(({ path }) => path.split('/')[0] ?? path));

const sameFiles = (a: readonly VolumeFile[], b: readonly VolumeFile[]): boolean =>
  a.length === b.length && a.every((file, index) => sameFile(file, b[index]));
