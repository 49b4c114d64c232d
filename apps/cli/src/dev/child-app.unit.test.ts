import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Guardian } from '@sympozium/process';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ChildApp } from './child-app.js';

let root: string;
const guardian = new Guardian();
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'child-app-'));
  guardian.start();
});
afterEach(() => {
  guardian.stop();
  rmSync(root, { recursive: true, force: true });
});

function app(source: string): ChildApp {
  const bundle = join(root, 'app.mjs');
  writeFileSync(bundle, source);
  return new ChildApp({
    name: 'operator',
    bundle,
    args: [],
    env: { PORT: '7' },
    logFile: join(root, 'app.log'),
    guardian,
  });
}

const READY = `console.log(JSON.stringify({ level: 30, msg: 'ready', port: Number(process.env.PORT) }));`;
const STAYS = `setInterval(() => {}, 1000);`;

it('is ready with what the app’s line says, and stops when asked, without that being a failure', async () => {
  const child = app(`console.log('warming up'); ${READY} ${STAYS}`);
  let failed = false;
  child.failed.catch(() => (failed = true));
  expect(await child.ready).toMatchObject({ port: 7 });
  await child.stop();
  await child.stop();
  expect(failed).toBe(false);
  expect(readFileSync(join(root, 'app.log'), 'utf8')).toContain('warming up\n');
});

it('says in the app’s own words why it did not start', async () => {
  const child = app(`console.error('operator: PORT is "x"'); process.exitCode = 3;`);
  await expect(child.ready).rejects.toMatchObject({
    code: 'PROCESS_ENDED',
    message: expect.stringMatching(/^the operator ended \(exit code 3\): operator: PORT is "x"\nIts log is /),
  });
});

it('fails when the app ends later by itself', async () => {
  const child = app(`${READY} process.exitCode = 1;`);
  await child.ready;
  await expect(child.failed).rejects.toThrow(/the operator ended \(exit code 1\)/);
});

it('does not start when it was stopped first', async () => {
  const child = app(STAYS);
  await child.stop();
  await expect(child.ready).rejects.toThrow(/stopped/);
});
