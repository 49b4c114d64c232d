import { Guardian } from '@sympozium/process';
import { FakeClock, silentLogger } from '@sympozium/process/testing';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PodContainers } from './pod-containers.js';
import { allContainers, type Container, type Pod } from './pod.js';
import type { Launch } from './prepare-pod.js';
import { shellPod } from './testing/shell-pod.js';

let clock: FakeClock;
let folder: string;
beforeEach(() => {
  clock = new FakeClock();
  folder = mkdtempSync(join(tmpdir(), 'containers-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const container = (name: string, script: string): Container => ({ name, args: [script] });
const sidecar = (name: string, script: string): Container => ({ ...container(name, script), restartPolicy: 'Always' });

/** Containers that share their working folder; `broken` is one that the node cannot run. */
function containersOf(spec: Partial<Pod['spec']>, broken?: string): PodContainers {
  const pod = shellPod('p', '', spec);
  const launch = ({ name, args, ...more }: Container): [string, Launch] => {
    const own = join(folder, name);
    mkdirSync(own);
    const terminationMessageFile = join(name === broken ? '/no/such/folder' : own, 'message');
    return [
      name,
      {
        ...{ container: { name, ...more }, folder: own, workingFolder: folder, terminationMessageFile },
        command: ['/bin/sh', '-c', ...(args ?? [])],
        environment: new Map([['PATH', '/usr/bin:/bin']]),
        inContainer: (command) => command,
      },
    ];
  };
  const launches = new Map(allContainers(pod).map(launch));
  const dependencies = { clock, log: silentLogger(), guardian: new Guardian() };
  return new PodContainers({
    ...dependencies,
    pod,
    launches,
    formerRuns: new Map(),
    host: '127.0.0.1',
    onChange: () => {},
  });
}

const there = (file: string): boolean => existsSync(join(folder, file));
const until = (check: () => void): Promise<void> => vi.waitFor(check, { interval: 2, timeout: 5_000 });
const untilThere = (file: string): Promise<void> => until(() => expect(there(file)).toBe(true));
const said = (): string[] => readFileSync(join(folder, 'said'), 'utf8').trim().split('\n');
const FOREVER = 'while :; do sleep 0.01; done';
const talking = (name: string): string => `trap 'echo ${name} >> said; exit 0' TERM; touch ${name}.up; ${FOREVER}`;
const stubborn = (name: string): string => `trap 'touch ${name}.asked' TERM; touch ${name}.up; ${FOREVER}`;

it('are asked to end before their sidecars, and these last first', async () => {
  const containers = containersOf({
    initContainers: [sidecar('a', talking('a')), sidecar('b', talking('b'))],
    containers: [container('main', talking('main'))],
  });
  const run = containers.run();
  for (const name of ['a', 'b', 'main']) await untilThere(`${name}.up`);
  containers.stop(30_000);
  await run;
  expect(said()).toEqual(['main', 'b', 'a']);
});

it('share one grace, of which the last has two seconds at least', async () => {
  const containers = containersOf({
    initContainers: [sidecar('a', stubborn('a'))],
    containers: [container('main', stubborn('main'))],
  });
  const run = containers.run();
  for (const name of ['a', 'main']) await untilThere(`${name}.up`);
  containers.stop(30_000);
  await untilThere('main.asked');
  await clock.advance(29_999);
  expect(there('a.asked')).toBe(false);
  await clock.advance(1);
  await untilThere('a.asked');
  await clock.advance(2_000);
  await run;
});

it('stopped once more at once end at once, sidecars too', async () => {
  const containers = containersOf({
    initContainers: [sidecar('a', stubborn('a'))],
    containers: [container('main', stubborn('main'))],
  });
  const run = containers.run();
  for (const name of ['a', 'main']) await untilThere(`${name}.up`);
  containers.stop(600_000);
  await untilThere('main.asked');
  containers.stop(0);
  await run;
  expect(there('a.asked')).toBe(false);
});

it('stopped while they start go no further', async () => {
  const containers = containersOf({
    initContainers: [container('init', talking('init'))],
    containers: [container('main', 'touch main.up')],
  });
  const run = containers.run();
  await untilThere('init.up');
  containers.stop(30_000);
  await run;
  expect([said(), there('main.up')]).toEqual([['init'], false]);
});

it.each(['a', 'main'])('all end when the node cannot run one of them (%s)', async (broken) => {
  const containers = containersOf(
    {
      initContainers: [sidecar('first', talking('first')), sidecar('a', FOREVER)],
      containers: [container('main', FOREVER), container('other', `trap 'exit 0' TERM; ${FOREVER}`)],
    },
    broken,
  );
  const problems: unknown[] = [];
  void containers.run().catch((error: unknown) => problems.push(error));
  await vi.waitFor(
    async () => {
      await clock.advance(60_000);
      expect(problems).toEqual([expect.objectContaining({ code: 'ENOENT' })]);
    },
    { interval: 2, timeout: 5_000 },
  );
});
