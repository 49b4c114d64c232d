import type { KubeObject } from '@sympozium/api';
import { FakeKubeClient } from '@sympozium/kube/testing';
import { FakeClock, silentLogger } from '@sympozium/process/testing';
import { beforeEach, expect, it } from 'vitest';
import { EventRecorder, type EventText } from './event-recorder.js';
import { EVENT } from './kinds.js';

const JOB: KubeObject = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'j', namespace: 'default', uid: 'u' },
};
const FAILED: EventText = { type: 'Warning', reason: 'Failed', message: 'it failed' };

let clock: FakeClock;
let client: FakeKubeClient;
let record: (text: EventText) => Promise<void>;
const events = (): object[] => client.server.objects(EVENT);

beforeEach(() => {
  clock = new FakeClock(Date.parse('2026-01-01T00:00:00Z'));
  client = new FakeKubeClient({ clock });
  const recorder = new EventRecorder({ client, clock, log: silentLogger() });
  record = (text) => {
    recorder.record(JOB, 'job-controller', text);
    return recorder.stop();
  };
});

it('the same again counts up; another message is another Event', async () => {
  await record(FAILED);
  await clock.advance(60_000);
  await record(FAILED);
  await record({ ...FAILED, message: 'it failed otherwise' });
  const times = { firstTimestamp: '2026-01-01T00:00:00Z', lastTimestamp: '2026-01-01T00:01:00Z' };
  expect(events()).toMatchObject([{ count: 2, ...times }, { count: 1 }]);
});

it('one that has expired comes again with its count', async () => {
  await record(FAILED);
  const [event] = client.server.objects(EVENT);
  client.server.delete(EVENT, event?.metadata ?? { name: '' });
  await record(FAILED);
  await record(FAILED);
  expect(events()).toMatchObject([{ metadata: { name: event?.metadata.name }, count: 3 }]);
});

it('what cannot be written is dropped, and keeps nothing else from being written', async () => {
  client.fail(({ verb }) => verb === 'create', new Error('away'));
  await record(FAILED);
  await record(FAILED);
  expect(events()).toMatchObject([{ count: 1 }]);
});
