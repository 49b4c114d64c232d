import { KubeError } from '@sympozium/kube';
import { FakeKubeClient } from '@sympozium/kube/testing';
import { FakeClock, recordingLogger, seededRandom, settle } from '@sympozium/process/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { Concurrency } from './concurrency.js';
import { POD_KIND, type Pod, type PodPhase, type PodStatus } from './pod.js';
import { StatusWriter } from './status-writer.js';
import { shellPod } from './testing/shell-pod.js';

let clock: FakeClock;
let client: FakeKubeClient;
let pod: Pod;
let writer: StatusWriter;
let lines: Record<string, unknown>[];
const key = { namespace: 'default', name: 'p' };
const status = (phase: PodPhase, message?: string): PodStatus => ({ phase, ...(message ? { message } : {}) });
const isPatch = ({ verb }: { verb: string }): boolean => verb === 'patch';
const phases = (): unknown[] =>
  client.writes.map(({ body }) => (body as { body: { status: PodStatus } }).body.status.phase);
const stored = (): Pod | undefined => client.server.peek(POD_KIND, key);

beforeEach(() => {
  clock = new FakeClock();
  client = new FakeKubeClient({ clock });
  pod = client.server.put(POD_KIND, shellPod('p', ''));
  const recording = recordingLogger();
  lines = recording.lines;
  writer = writerFor(pod);
  function writerFor(of: Pod): StatusWriter {
    const writes = new Concurrency(2);
    return new StatusWriter({ client, clock, random: seededRandom(1), log: recording.log, writes }, of);
  }
});

it('writes what was set', async () => {
  writer.set(status('Running'));
  await writer.flush();
  expect(stored()?.status?.phase).toBe('Running');
});

it('leaves conditions of others', async () => {
  const scheduled = { type: 'PodScheduled', status: 'True' as const, lastTransitionTime: 'then' };
  client.server.put(POD_KIND, { ...pod, status: { phase: 'Pending', conditions: [scheduled] } });
  writer.set({ phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: 'now' }] });
  await writer.flush();
  expect(stored()?.status?.conditions?.map(({ type }) => type)).toEqual(['PodScheduled', 'Ready']);
});

describe('a status is overwritten', () => {
  const ready = (status: 'True' | 'False', type = 'Ready'): PodStatus => ({
    phase: 'Running',
    conditions: [{ type, status, lastTransitionTime: 'then' }],
  });
  const change = async (status: object): Promise<Pod> =>
    client.patch(POD_KIND, key, { type: 'strategic', body: { status } }, { subresource: 'status' });

  it.each<[string, boolean, object]>([
    ['by another value of a condition', true, ready('False')],
    ['by another phase', true, { phase: 'Pending' }],
    ['never by conditions of others', false, ready('False', 'PodScheduled')],
    ['never by other fields', false, { qosClass: 'Burstable' }],
  ])('%s', async (_, overwritten, status) => {
    writer.set(ready('True'));
    await writer.flush();
    expect(writer.isOverwritten(await change(status))).toBe(overwritten);
  });

  it('until it is written again, and never by what was there before', async () => {
    const before = await change(ready('False'));
    expect(writer.isOverwritten(before)).toBe(false);
    writer.set(ready('True'));
    await writer.flush();
    expect(writer.isOverwritten(before)).toBe(false);
    const after = await change(ready('False'));
    writer.set(ready('True'));
    await writer.flush();
    expect(writer.isOverwritten(after)).toBe(false);
  });
});

it('keeps only the newest of those that wait for a write under way', async () => {
  writer.set(status('Pending'));
  await settle();
  const go = hold();
  writer.set(status('Running', 'first'));
  await settle();
  writer.set(status('Running', 'second'));
  writer.set(status('Succeeded'));
  go();
  await writer.flush();
  expect(phases()).toEqual(['Pending', 'Running', 'Succeeded']);
});

/** Makes the next write wait. */
function hold(): () => void {
  let go = (): void => {};
  const gate = new Promise<void>((resolve) => (go = resolve));
  client.intercept({ matches: isPatch, before: () => gate });
  return () => go();
}

it('tries again until the server takes it, the newest each time', async () => {
  client.fail(isPatch, new KubeError(0, 'Unreachable', 'connection refused'), { times: 2 });
  writer.set(status('Running'));
  await clock.advance(0);
  writer.set(status('Succeeded'));
  await clock.advance(1_000);
  await writer.flush();
  expect(phases()).toEqual(['Running', 'Succeeded', 'Succeeded']);
  expect(stored()?.status?.phase).toBe('Succeeded');
});

it('waits as long as the server wishes', async () => {
  client.fail(isPatch, new KubeError(429, 'TooManyRequests', 'later', { retryAfterMs: 7_000 }));
  writer.set(status('Running'));
  await settle();
  await clock.advance(6_999);
  expect(client.writes).toHaveLength(1);
  await clock.advance(1);
  await writer.flush();
  expect(client.writes).toHaveLength(2);
});

it('ends when the Pod is gone', async () => {
  client.server.delete(POD_KIND, key, { gracePeriodSeconds: 0 });
  writer.set(status('Succeeded'));
  await writer.flush();
  expect(lines).toEqual([]);
});

it('never writes to another Pod of its name', async () => {
  client.server.delete(POD_KIND, key, { gracePeriodSeconds: 0 });
  client.server.create(POD_KIND, shellPod('p', ''));
  writer.set(status('Failed'));
  await clock.advance(100);
  writer.abandon();
  await writer.flush();
  expect(stored()?.status).toBeUndefined();
});

it('gives up a status that the server refuses, and says so', async () => {
  client.fail(isPatch, new KubeError(422, 'Invalid', 'status.phase: wrong'));
  writer.set(status('Running'));
  await writer.flush();
  expect(lines.map(({ msg }) => msg)).toEqual(['Pod status refused']);
  writer.set(status('Succeeded'));
  await writer.flush();
  expect(stored()?.status?.phase).toBe('Succeeded');
});

it('ends at once when it is abandoned', async () => {
  client.fail(isPatch, new KubeError(0, 'Unreachable', 'connection refused'), { times: 99 });
  writer.set(status('Running'));
  await settle();
  writer.abandon();
  await writer.flush();
  expect(clock.waiting).toBe(0);
});
