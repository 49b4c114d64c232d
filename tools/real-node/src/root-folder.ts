import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Nobody in particular; Pods of the strictest Pod Security run as such a user. */
export const NONROOT = '65532:65532';

/**
 * Makes a folder the root of an image that has one program, at `path`, and the libraries that the program needs, as
 * this machine has them.
 */
export function makeRoot(root: string, program: string, path: string): void {
  for (const folder of ['tmp', 'etc', 'dev', 'proc', 'sys', 'run']) mkdirSync(join(root, folder), { recursive: true });
  chmodSync(join(root, 'tmp'), 0o1777);
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/:/sbin/nologin\nnonroot:x:65532:65532::/tmp:/sbin/nologin\n');
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nnonroot:x:65532:\n');
  copy(program, join(root, path));
  chmodSync(join(root, path), 0o755);
  for (const library of librariesOf(program)) copy(library, join(root, library));
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

/** Paths of the shared libraries and the loader of a program; none of one that is linked statically. */
function librariesOf(program: string): string[] {
  try {
    const text = execFileSync('ldd', [program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return parseLdd(text);
  } catch {
    return []; // ldd says by its exit code that there is nothing dynamic
  }
}

/** Every path that `ldd` prints. */
export const parseLdd = (text: string): string[] =>
  text.split('\n').flatMap((line) => /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1] ?? []);
