import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { livingOwner, readOwner } from './owner-file.js';

let folder: string;
const file = (): string => join(folder, 'lock');

beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'owner-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('livingOwner', () => {
  it('is the process that the file names', () => {
    writeFileSync(file(), String(process.pid));
    expect(livingOwner(file())).toBe(process.pid);
  });

  it('is nobody when that process is gone', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(file(), String(pid));
    expect(readOwner(file())).toBe(pid);
    expect(livingOwner(file())).toBeUndefined();
  });

  it.each(['', 'garbage', '-1', '0', '1.5'])('is nobody when the file holds %j', (text) => {
    writeFileSync(file(), text);
    expect(livingOwner(file())).toBeUndefined();
  });

  it('is nobody without a file', () => {
    expect(livingOwner(file())).toBeUndefined();
  });
});
