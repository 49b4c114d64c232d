import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createPki } from './pki.js';

function keyFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pki-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'service-account.key');
}

it('keeps the key of tokens for its user alone, and makes all else anew', async () => {
  const path = keyFile();
  const first = await createPki(path, '127.96.0.1');
  const made = await first.signing;
  const second = await createPki(path, '127.96.0.1');
  expect(second.ca).not.toBe(first.ca);
  expect(await second.signing).toEqual(made);
  expect(readFileSync(path, 'utf8')).toBe(made.privateKey);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('says which key cannot be read', async () => {
  const path = keyFile();
  writeFileSync(path, 'none');
  await expect(createPki(path, '127.96.0.1')).rejects.toMatchObject({
    code: 'STATE_UNUSABLE',
    message: expect.stringContaining(`${path} cannot be used: it holds no private key; start with --fresh`),
  });
});
