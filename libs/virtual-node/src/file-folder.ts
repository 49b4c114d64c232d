import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { VolumeFile } from './volumes.js';

/**
 * A volume's folder. It writes synchronously: files are few and small, and a dozen trips through the thread pool take
 * longer than all of it.
 */
export interface FileFolder {
  /** Makes these the folder's files; the same as before leave it untouched. */
  write(files: readonly VolumeFile[]): void;
}

/** Who else uses the machine reads none of it, whatever the Pod says. */
export const OWNER = 0o700;

/**
 * A folder whose files change one by one, each as a whole: enough where no two of them belong together, and the
 * quickest to make.
 */
export class PlainFolder implements FileFolder {
  readonly #path: string;
  #files: ReadonlyMap<string, VolumeFile> = new Map();

  constructor(path: string) {
    this.#path = path;
    mkdirSync(path, { recursive: true, mode: OWNER });
  }

  write(files: readonly VolumeFile[]): void {
    for (const file of files) if (!sameFile(file, this.#files.get(file.path))) this.#put(file);
    this.#files = new Map(files.map((file) => [file.path, file]));
  }

  /** A reader sees the old content or the new. */
  #put({ path, content, mode }: VolumeFile): void {
    const file = join(this.#path, path);
    const options = { mode: mode & OWNER };
    if (path.includes('/')) mkdirSync(dirname(file), { recursive: true, mode: OWNER });
    if (!this.#files.has(path)) return writeFileSync(file, content, options);
    const next = `${file}.next`;
    rmSync(next, { force: true });
    writeFileSync(next, content, options);
    renameSync(next, file);
  }
}

export const sameFile = (a: VolumeFile, b: VolumeFile | undefined): boolean =>
  a.path === b?.path && a.mode === b.mode && a.content.equals(b.content);
