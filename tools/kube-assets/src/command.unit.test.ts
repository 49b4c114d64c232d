import { mkdtempSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Guardian } from '@sympozium/process';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Command } from './command.js';

let root: string;
const guardian = new Guardian();
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'command-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

function command(source: string, ...args: string[]): Command {
  const script = join(root, 'script.mjs');
  writeFileSync(script, source);
  return new Command(script, args, guardian);
}

it('ends with the program’s exit code', async () => {
  expect(await command('process.exitCode = Number(process.argv[2])', '7').ended).toBe(7);
});

it('ends with 1 when a signal ended the program', async () => {
  expect(await command(`process.kill(process.pid, 'SIGKILL')`).ended).toBe(1);
});

it('asks the program to end once, however often it is stopped', async () => {
  const ready = new Promise<void>((resolve) => {
    const watcher = watch(root, (_, file) => {
      if (file !== 'ready') return;
      watcher.close();
      resolve();
    });
  });
  const program = command(`
    import { writeFileSync } from 'node:fs';
    let asked = 0;
    process.on('SIGTERM', () => { asked += 1; setImmediate(() => process.exit(10 + asked)); });
    setInterval(() => {}, 1000);
    writeFileSync(${JSON.stringify(join(root, 'ready'))}, '');
  `);
  await ready;
  await Promise.all([program.stop(), program.stop(), program.stop()]);
  expect(await program.ended).toBe(11);
});
