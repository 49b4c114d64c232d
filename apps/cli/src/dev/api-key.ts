import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const KEY = /^sk-[\w-]{20,}$/;

/** Folder of keys and the key in it, made at the first start and kept after. Only this user can read it. */
export function ensureApiKey(folder: string): { folder: string; apiKey: string } {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'api-key');
  const kept = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (KEY.test(kept)) return { folder, apiKey: kept };
  const apiKey = `sk-${randomBytes(32).toString('base64url')}`;
  const unfinished = join(folder, '.api-key'); // a name that the proxy ignores
  writeFileSync(unfinished, apiKey, { mode: 0o600 });
  renameSync(unfinished, file);
  return { folder, apiKey };
}
