import { expect, it } from 'vitest';
import { Lifecycle } from './lifecycle.js';
import { silentLogger } from './testing/index.js';

const part = (name: string, events: string[], fails: { start?: boolean; stop?: boolean } = {}) => ({
  name,
  start: async () => {
    events.push(`start ${name}`);
    if (fails.start) throw new Error(`${name} cannot start`);
  },
  stop: async () => {
    events.push(`stop ${name}`);
    if (fails.stop) throw new Error(`${name} cannot stop`);
  },
});

it('starts in order and stops in reverse, whatever fails to stop', async () => {
  const events: string[] = [];
  const life = new Lifecycle(
    'app',
    [part('a', events), part('b', events, { stop: true }), part('c', events)],
    silentLogger(),
  );
  await life.start();
  await life.stop();
  await life.stop();
  expect(events).toEqual(['start a', 'start b', 'start c', 'stop c', 'stop b', 'stop a']);
});

it('ends what it started when a part cannot start, and says why', async () => {
  const events: string[] = [];
  const life = new Lifecycle(
    'app',
    [part('a', events), part('b', events, { start: true }), part('c', events)],
    silentLogger(),
  );
  await expect(life.start()).rejects.toThrow('b cannot start');
  expect(events).toEqual(['start a', 'start b', 'stop b', 'stop a']);
});

it('starts nothing more once it is to stop', async () => {
  const events: string[] = [];
  const life: Lifecycle = new Lifecycle(
    'app',
    [{ ...part('a', events), start: () => life.stop() }, part('b', events)],
    silentLogger(),
  );
  await life.start();
  expect(events).toEqual(['stop a']);
});

it('cannot go on when one of its parts cannot', async () => {
  const failed = Promise.reject(new Error('b has lost its lease'));
  failed.catch(() => {});
  const life = new Lifecycle('app', [part('a', []), { ...part('b', []), failed }], silentLogger());
  await life.start();
  await expect(life.failed).rejects.toThrow('b has lost its lease');
});
