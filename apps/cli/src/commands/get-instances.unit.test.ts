import { expect, it } from 'vitest';
import { ServedWorld } from '../testing/served-world.js';
import { renderInstances } from './get-instances.js';

it('shows where each instance is called, and leaves it out where it is not served', () => {
  const world = new ServedWorld();
  const metadata = { creationTimestamp: '2026-01-01T00:00:00Z' };
  const instances = [
    world.instance({}, { metadata: { name: 'plain', ...metadata } }),
    world.instance({}, { metadata: { name: 'down', ...metadata }, status: { endpoint: { url: 'http://down' } } }),
    world.instance(
      {},
      {
        metadata: { name: 'up', ...metadata },
        status: { activeRuns: 2, queuedRuns: 1, endpoint: { url: 'http://up', hostname: 'up.org', ready: true } },
      },
    ),
  ];
  expect(renderInstances(instances, Date.parse('2026-01-01T00:00:09Z')).split('\n')).toEqual([
    'NAME   MODEL  READY  ACTIVE  QUEUED  ENDPOINT     AGE',
    'plain  echo          0       0                    9s',
    'down   echo   no     0       0       http://down  9s',
    'up     echo   yes    2       1       up.org       9s',
  ]);
});
