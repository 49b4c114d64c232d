import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folder of keys and the key in it, made at the first start and kept after. Only this user can read it. */
export function ensureApiKey(folder: string): { folder: string; apiKey: string } {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'api-key');
  if (!existsSync(file)) writeFileSync(file, `sk-${randomBytes(32).toString('base64url')}`, { mode: 0o600 });
  return { folder, apiKey: readFileSync(file, 'utf8').trim() };
}
