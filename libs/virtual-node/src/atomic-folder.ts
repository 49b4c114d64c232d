import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { VolumeFile } from './volumes.js';

/** Who else uses the machine reads none of it, whatever the Pod says. */
export const OWNER = 0o700;
const DATA = '..data';
const NEXT = '..data_next';

/**
 * A folder whose files change all at once, in the layout of the kubelet's: each name is a link into `..data`, itself a
 * link to the folder that holds the files as they are now. Who watches for a change watches `..data`. It writes
 * synchronously: files are few and small, and a dozen trips through the thread pool take longer than all of it.
 */
export class AtomicFolder {
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
    const [before, now] = [`..${this.#turn}`, `..${++this.#turn}`];
    this.#writeAll(now, files);
    rmSync(join(this.#path, NEXT), { force: true });
    symlinkSync(now, join(this.#path, NEXT));
    renameSync(join(this.#path, NEXT), join(this.#path, DATA));
    this.#link(namesOf(this.#files), namesOf(files));
    this.#files = files;
    rmSync(join(this.#path, before), { recursive: true, force: true });
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
    for (const name of now) if (!before.has(name)) symlinkSync(join(DATA, name), join(this.#path, name));
    for (const name of before) if (!now.has(name)) rmSync(join(this.#path, name), { force: true });
  }
}

/** First element of each path: what one sees in the folder. */
const namesOf = (files: readonly VolumeFile[]): ReadonlySet<string> =>
  new Set(files.map(({ path }) => path.split('/')[0] ?? path));

const sameFiles = (a: readonly VolumeFile[], b: readonly VolumeFile[]): boolean =>
  a.length === b.length && a.every((file, index) => sameFile(file, b[index]));

const sameFile = (a: VolumeFile, b: VolumeFile | undefined): boolean =>
  a.path === b?.path && a.mode === b.mode && a.content.equals(b.content);
