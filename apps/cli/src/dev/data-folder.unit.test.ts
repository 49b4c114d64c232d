import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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

  it('with --fresh forgets its state and nothing else', () => {
    const folder = DataFolder.open(root);
    for (const name of ['kubeconfig', 'notes.txt']) writeFileSync(folder.file(name), '');
    folder.clear();
    expect(existsSync(folder.file('kubeconfig'))).toBe(false);
    for (const name of ['notes.txt', 'lock', 'logs']) expect(existsSync(folder.file(name))).toBe(true);
  });

  it('is none that holds something else', () => {
    for (const name of ['data', 'README', 'src']) writeFileSync(join(root, name), '');
    expect(() => DataFolder.open(root)).toThrow(
      expect.objectContaining({
        code: 'SETTING_INVALID',
        message: `${root} is no data folder of Sympozium: it holds README, src. Choose an empty or new one with --data-dir.`,
      }),
    );
    expect(readdirSync(root)).toEqual(['README', 'data', 'src']);
  });

  it('says in a sentence why it cannot be used', () => {
    const file = join(root, 'file');
    writeFileSync(file, '');
    expect(() => DataFolder.open(join(file, 'data'))).toThrow(/cannot be used as data folder: .*--data-dir/);
  });
});
