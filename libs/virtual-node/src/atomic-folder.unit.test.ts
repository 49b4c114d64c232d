import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AtomicFolder } from './atomic-folder.js';
import type { VolumeFile } from './volumes.js';

let path: string;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'atomic-'));
});
afterEach(() => rmSync(path, { recursive: true }));

const file = (name: string, content: string): VolumeFile => ({
  path: name,
  content: Buffer.from(content),
  mode: 0o644,
});
const read = (name: string): string => readFileSync(join(path, name), 'utf8');

it('has the files of the last writing and nothing else, at any depth', () => {
  const folder = new AtomicFolder(path);
  folder.write([file('a', '1'), file('deep/er/b', '2'), file('deep/c', '3')]);
  expect([read('a'), read('deep/er/b'), read('deep/c')]).toEqual(['1', '2', '3']);
  folder.write([file('deep/c', '4'), file('d', '5')]);
  expect([read('deep/c'), read('d')]).toEqual(['4', '5']);
  expect(readdirSync(path).sort()).toEqual(['..2', '..data', 'd', 'deep']);
  expect(readdirSync(join(path, 'deep'))).toEqual(['c']);
  folder.write([]);
  expect(readdirSync(path).sort()).toEqual(['..3', '..data']);
});

it('is left as it is by the same files, and changes by one link', () => {
  const folder = new AtomicFolder(path);
  folder.write([]);
  expect(readdirSync(path)).toEqual([]);
  folder.write([file('a', '1')]);
  folder.write([file('a', '1')]);
  expect(readlinkSync(join(path, '..data'))).toBe('..1');
  folder.write([{ ...file('a', '1'), mode: 0o400 }]);
  expect(readlinkSync(join(path, '..data'))).toBe('..2');
  expect(readlinkSync(join(path, 'a'))).toBe('..data/a');
});

it('is written again after a writing that failed', () => {
  const folder = new AtomicFolder(path);
  expect(() => folder.write([file('a', '1'), file('no\0name', '')])).toThrow('null bytes');
  symlinkSync('..1', join(path, '..data_next'));
  symlinkSync('..data/a', join(path, 'a'));
  folder.write([file('a', '2')]);
  expect(read('a')).toBe('2');
});
