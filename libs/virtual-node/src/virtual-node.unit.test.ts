import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ContainerStatus } from './pod.js';
import { shellPod, TestNode } from './testing/test-node.js';

let cluster: TestNode;
beforeEach(() => {
  cluster = new TestNode();
});
afterEach(() => cluster.end());

const until = <T>(check: () => T): Promise<T> => vi.waitFor(check, { interval: 2, timeout: 10_000 });
const main = (name: string): ContainerStatus | undefined => cluster.pod(name)?.status?.containerStatuses?.[0];
const untilPhase = (name: string, phase: string): Promise<void> =>
  until(() => expect(cluster.pod(name)?.status?.phase).toBe(phase));

it('runs a Pod and reports its end with the termination message, in two writes', async () => {
  await cluster.start();
  await cluster.create(
    shellPod('p', 'echo hello; printf done > "$MESSAGE"; exit 3', {
      containers: [
        {
          name: 'main',
          image: 'local/sh',
          args: ['printf done > "$MESSAGE"; exit 3'],
          env: [{ name: 'MESSAGE', value: '/dev/termination-log' }],
        },
      ],
    }),
  );
  await untilPhase('p', 'Failed');
  console.log(JSON.stringify(cluster.pod('p'), null, 1), cluster.statusWrites('p').length);
  expect(main('p')?.state.terminated).toMatchObject({ exitCode: 3, reason: 'Error', message: 'done' });
});
