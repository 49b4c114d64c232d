import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimMachine } from './node-claim.js';

let folder: string;
const file = (): string => join(folder, 'run', 'claim.json');
const claimOf = (pid: number | undefined, started: string): string =>
  JSON.stringify({ pid, started, folder: '/other' });

beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'node-claim-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(process.platform !== 'linux')('claimMachine', () => {
  it('is one’s until it is given back', () => {
    const release = claimMachine('/mine', file());
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({ pid: process.pid, folder: '/mine' });
    expect(() => claimMachine('/second', file())).toThrow(
      `a real node runs already, in /mine by process ${process.pid}, and a machine can have one. Stop that first.`,
    );
    release();
    expect(existsSync(file())).toBe(false);
    claimMachine('/second', file())();
  });

  it('is taken over from a process that is gone', () => {
    claimMachine('/x', file());
    writeFileSync(file(), claimOf(spawnSync(process.execPath, ['-e', '']).pid, '1'));
    claimMachine('/mine', file());
    expect(readFileSync(file(), 'utf8')).toContain('/mine');
  });

  it('is taken over when another process has the id by now', () => {
    const other = spawn('sleep', ['60'], { stdio: 'ignore' });
    try {
      claimMachine('/x', file());
      writeFileSync(file(), claimOf(other.pid, 'an earlier time'));
      expect(() => claimMachine('/mine', file())).not.toThrow();
    } finally {
      other.kill('SIGKILL');
    }
  });

  it('is taken over when its file was cut short', () => {
    claimMachine('/x', file());
    writeFileSync(file(), '{"pid":');
    expect(() => claimMachine('/mine', file())).not.toThrow();
  });
});
