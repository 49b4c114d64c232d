import { systemClock } from '@sympozium/process';
import { silentLogger } from '@sympozium/process/testing';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ContainerLog } from './container-log.js';
import { findPodLog } from './pod-logs.js';
import { shellPod } from './testing/shell-pod.js';

const folder = mkdtempSync(join(tmpdir(), 'pod-'));
const main = join(folder, 'containers', 'main');
mkdirSync(main, { recursive: true });
for (const file of ['0.log', '2.log', '10.log', 'process.json']) writeFileSync(join(main, file), '');
afterAll(() => rmSync(folder, { recursive: true }));

const pod = shellPod('p', '', {
  containers: [{ name: 'main' }, { name: 'waiting' }],
  initContainers: [{ name: 'init' }],
});
const request = { namespace: 'default', pod: 'p', container: 'main', previous: false };

it('finds the newest log, and the one before it', () => {
  expect(findPodLog(pod, folder, undefined, request)).toEqual({ file: join(main, '10.log') });
  expect(findPodLog(pod, folder, undefined, { ...request, previous: true })).toEqual({ file: join(main, '2.log') });
});

it('follows the one that is written now', async () => {
  const live = new ContainerLog(join(main, '10.log'), { clock: systemClock, log: silentLogger() });
  expect(findPodLog(pod, folder, live, request)).toEqual({ file: live.file, live });
  expect(findPodLog(pod, folder, live, { ...request, previous: true })).not.toHaveProperty('live');
  await live.end();
});

it.each([
  ['another', 404, 'container "another" not found in pod "p"'],
  ['../../etc', 404, 'container "../../etc" not found in pod "p"'],
  ['waiting', 400, 'container "waiting" in pod "p" is waiting to start, or its log is gone'],
  ['init', 400, 'container "init" in pod "p" is waiting to start, or its log is gone'],
])('has none of the container %s', (container, status, problem) => {
  expect(findPodLog(pod, folder, undefined, { ...request, container })).toEqual({ status, problem });
});

it('has none before the first, nor of a Pod that is not here', () => {
  const previous = { ...request, container: 'waiting', previous: true };
  expect(findPodLog(pod, folder, undefined, previous)).toMatchObject({
    problem: 'previous terminated container "waiting" in pod "p" not found',
  });
  expect(findPodLog(undefined, '', undefined, request)).toMatchObject({ status: 404 });
});
