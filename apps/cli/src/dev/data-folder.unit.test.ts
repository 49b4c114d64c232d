import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataFolder } from './data-folder.js';

let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'data-folder-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('DataFolder', () => {
  it('is held by one living process at a time', () => {
    const path = join(root, 'data');
    DataFolder.open(path);
    writeFileSync(join(path, 'lock'), String(process.ppid));
    expect(() => DataFolder.open(path)).toThrow(
      expect.objectContaining({
        code: 'SETTING_INVALID',
        message: expect.stringContaining(`in use by process ${process.ppid}`),
      }),
    );
  });

  it.each(['', 'rubbish'])('is taken over when its lock holds %j', (text) => {
    writeFileSync(join(root, 'lock'), text);
    const folder = DataFolder.open(root);
    expect(existsSync(folder.file('logs'))).toBe(true);
    folder.release();
    expect(existsSync(folder.file('lock'))).toBe(false);
  });

  it('is not taken by a check', () => {
    DataFolder.prepare(root);
    expect(existsSync(join(root, 'lock'))).toBe(false);
  });

  it('is never the working folder by an empty argument', () => {
    expect(() => DataFolder.prepare('')).toThrow(/--data-dir is empty/);
  });

  it('says in a sentence why it cannot be used', () => {
    const file = join(root, 'file');
    writeFileSync(file, '');
    expect(() => DataFolder.open(join(file, 'data'))).toThrow(/cannot be used as data folder: .*--data-dir/);
  });
});
