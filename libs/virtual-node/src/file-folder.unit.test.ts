import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PlainFolder } from './file-folder.js';
import type { VolumeFile } from './volumes.js';

let path: string;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'plain-'));
});
afterEach(() => rmSync(path, { recursive: true }));

const file = (name: string, content: string): VolumeFile => ({
  path: name,
  content: Buffer.from(content),
  mode: 0o644,
});

it('replaces the files that changed, each as a whole, and leaves the others untouched', () => {
  const folder = new PlainFolder(path);
  folder.write([file('a', '1'), file('deep/b', '2')]);
  const [a, b] = [statSync(join(path, 'a')).ino, statSync(join(path, 'deep/b')).ino];
  folder.write([file('a', '1'), file('deep/b', '3')]);
  expect(readFileSync(join(path, 'deep/b'), 'utf8')).toBe('3');
  expect(statSync(join(path, 'a')).ino).toBe(a);
  expect(statSync(join(path, 'deep/b')).ino).not.toBe(b);
  expect([readdirSync(path).sort(), readdirSync(join(path, 'deep'))]).toEqual([['a', 'deep'], ['b']]);
});
