import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { writeArchive } from './oci-archive.js';
import { makeRoot, NONROOT } from './root-folder.js';

export interface ProgramImageOptions {
  /** Whole name of the image, as Pods give it. */
  readonly reference: string;
  /** A program of this machine. */
  readonly program: string;
  /** Where it is in the image, which starts it. */
  readonly path: string;
}

/** Writes an OCI archive of an image with one program and the libraries that it needs, and nothing else. */
export function writeProgramImage(archive: string, { reference, program, path }: ProgramImageOptions): void {
  const root = mkdtempSync(join(tmpdir(), 'image-'));
  try {
    makeRoot(root, program, path);
    const config = { Entrypoint: [path], Env: [`PATH=${dirname(path)}`], User: NONROOT };
    writeArchive(archive, { reference, root, config });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
