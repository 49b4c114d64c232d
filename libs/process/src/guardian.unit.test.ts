import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { Guardian } from './guardian.js';

const sleeper = (): ChildProcess => spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
const pidOf = ({ pid }: ChildProcess): number => {
  if (pid === undefined) throw new Error('the process did not start');
  return pid;
};

it('ends what it watches when the pipe closes, and leaves alone what it was told to forget', async () => {
  const guardian = new Guardian();
  guardian.start();
  const [watched, forgotten] = [sleeper(), sleeper()];
  const ended = once(watched, 'exit');
  guardian.watch(pidOf(watched));
  guardian.watch(pidOf(forgotten));
  guardian.forget(pidOf(forgotten));

  guardian.stop();
  expect(await ended).toEqual([null, 'SIGTERM']);
  expect(forgotten.exitCode).toBeNull();
  expect(forgotten.signalCode).toBeNull();

  const killed = once(forgotten, 'exit');
  forgotten.kill('SIGKILL');
  await killed;
});

it('stays when nothing started it', () => {
  const guardian = new Guardian();
  expect(() => {
    guardian.watch(1);
    guardian.stop();
  }).not.toThrow();
});
