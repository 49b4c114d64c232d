import { KubeError } from '@sympozium/kube';
import { FakeKubeClient, type FakeApiServer } from '@sympozium/kube/testing';
import { Metrics } from '@sympozium/process';
import { FakeClock, recordingLogger, seededRandom, settle } from '@sympozium/process/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { LeaderElection, type LeaderElectionOptions } from './leader-election.js';
import { LEASE, type Lease, type LeaseSpec } from './lease.js';

const KEY = { namespace: 'system', name: 'operator' };

let clock: FakeClock;
let server: FakeApiServer;

beforeEach(() => {
  clock = new FakeClock();
  ({ server } = new FakeKubeClient({ clock }));
});

interface CandidateOptions extends Pick<LeaderElectionOptions, 'atEnd'> {
  readonly client: FakeKubeClient;
  readonly drainMs: number;
}

/** A candidate, and what became of what it is to lead. */
function candidate(
  identity: string,
  { client = new FakeKubeClient({ server }), drainMs = 0, ...more }: Partial<CandidateOptions> = {},
) {
  const events: string[] = [];
  const leading = {
    name: 'leading',
    start: async () => void events.push('start'),
    stop: async () => {
      events.push('stop');
      if (drainMs > 0) await new Promise<void>((resolve) => clock.after(drainMs, resolve));
      events.push('stopped');
    },
  };
  const { log, lines } = recordingLogger();
  const random = seededRandom(identity.length);
  const options = { client, ...KEY, identity, clock, random, log, metrics: metrics(), ...more };
  const election = new LeaderElection(options, leading);
  const failures: unknown[] = [];
  election.failed.catch((error: unknown) => failures.push(error));
  return { election, client, events, failures, lines };
}

const metrics = (): Metrics => new Metrics({ defaults: false });
const lease = (): Lease | undefined => server.peek(LEASE, KEY);
const edit = (spec: Partial<LeaseSpec>): void => {
  const old = lease();
  if (old) server.replace(LEASE, { ...old, spec: { ...old.spec, ...spec } } as Lease, {});
};
const unreachable = (): KubeError => new KubeError(0, 'Unreachable', 'connection refused');
const cutOff = (client: FakeKubeClient): (() => void) =>
  client.intercept({ times: Infinity, before: () => Promise.reject(unreachable()) });

describe('the first candidate', () => {
  it('makes the Lease, leads, and renews it every two seconds with one write', async () => {
    const { election, client, events } = candidate('a');
    await election.start();
    expect(election.isLeader).toBe(false);
    await settle();
    expect([election.isLeader, events]).toEqual([true, ['start']]);
    const time = '2026-01-01T00:00:00.000000Z';
    const spec = { holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 0 };
    expect(lease()?.spec).toEqual({ ...spec, acquireTime: time, renewTime: time });

    client.forgetCalls();
    await clock.advance(60_000);
    expect(client.calls.map(({ verb }) => verb)).toEqual(Array<string>(30).fill('replace'));
    expect(lease()?.spec).toEqual({ ...spec, acquireTime: time, renewTime: '2026-01-01T00:01:00.000000Z' });
    await election.stop();
  });

  it('shows in the metrics that it leads', async () => {
    const shown = metrics();
    const client = new FakeKubeClient({ server });
    const tools = { clock, random: seededRandom(1), log: recordingLogger().log, metrics: shown };
    const part = { name: 'leading', start: async () => {}, stop: async () => {} };
    const election = new LeaderElection({ client, ...KEY, identity: 'a', ...tools }, part);
    expect((await shown.expose()).body).toContain('sympozium_leader 0');
    await election.start();
    await settle();
    expect((await shown.expose()).body).toContain('sympozium_leader 1');
    await election.stop();
    expect((await shown.expose()).body).toContain('sympozium_leader 0');
  });

  it('takes a Lease that says nothing only after its own time, and keeps what others wrote into it', async () => {
    const head = { apiVersion: LEASE.apiVersion, kind: LEASE.kind };
    server.create(LEASE, { ...head, metadata: { ...KEY, labels: { team: 'x' } } }, {});
    const { election } = candidate('a');
    await election.start();
    await clock.advance(14_900);
    expect(election.isLeader).toBe(false);
    await clock.advance(2_100);
    expect(election.isLeader).toBe(true);
    expect(lease()?.metadata.labels).toEqual({ team: 'x' });
    await election.stop();
  });
});

describe('a standby', () => {
  it('only reads while the leader renews, and says once who leads', async () => {
    const [a, b] = [candidate('a'), candidate('b')];
    await a.election.start();
    await settle();
    await b.election.start();
    await clock.advance(120_000);
    expect([a.election.isLeader, b.election.isLeader, b.events]).toEqual([true, false, []]);
    expect(b.client.writes).toEqual([]);
    expect(b.lines.filter(({ msg }) => msg === 'standing by')).toMatchObject([{ holder: 'a' }]);
    await Promise.all([a.election.stop(), b.election.stop()]);
    expect(b.client.writes).toEqual([]);
  });

  it('takes over from a leader that is gone, after 15 to 17 s', async () => {
    const [a, b] = [candidate('a'), candidate('b')];
    await a.election.start();
    await settle();
    await b.election.start();
    await clock.advance(2_000);
    cutOff(a.client);
    await clock.advance(15_000);
    expect(b.election.isLeader).toBe(false);
    await clock.advance(2_000);
    expect(b.election.isLeader).toBe(true);
    expect(lease()?.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
    await b.election.stop();
  });

  it('takes over at once from a leader that stops, which keeps the Lease until it has drained', async () => {
    const [a, b] = [candidate('a', { drainMs: 20_000 }), candidate('b')];
    await a.election.start();
    await settle();
    await b.election.start();
    await clock.advance(5_000);
    const stopping = a.election.stop();
    await clock.advance(19_999);
    expect([a.events, b.election.isLeader]).toEqual([['start', 'stop'], false]);
    await clock.advance(1);
    await stopping;
    await clock.advance(1);
    expect(b.election.isLeader).toBe(true);
    expect(lease()?.spec).toMatchObject({ holderIdentity: 'b', leaseDurationSeconds: 15, leaseTransitions: 1 });
    await b.election.stop();
  });

  it('takes over from one that deletes the Lease at its end only after the time of a lost leader', async () => {
    const [a, b] = [candidate('a', { atEnd: 'deleted' }), candidate('b')];
    await a.election.start();
    await settle();
    await b.election.start();
    await settle();
    await a.election.stop();
    expect([lease(), a.events]).toEqual([undefined, ['start', 'stop', 'stopped']]);
    await clock.advance(14_000);
    expect(b.election.isLeader).toBe(false);
    await clock.advance(3_000);
    expect(b.election.isLeader).toBe(true);
    await b.election.stop();
  });

  it('that was stopped while it acquired the Lease leaves it free', async () => {
    const { election, client, events } = candidate('a');
    const answers: (() => void)[] = [];
    const reply = () => new Promise<void>((resolve) => answers.push(resolve));
    client.intercept({ matches: ({ verb }) => verb === 'create', after: reply });
    await election.start();
    await settle();
    expect(lease()?.spec?.holderIdentity).toBe('a');
    await election.stop();
    expect(lease()?.spec?.holderIdentity).toBeUndefined();
    expect(events).toEqual([]);
  });

  it('judges by its own time alone, however wrong anybody’s clock is', async () => {
    const a = candidate('a');
    await a.election.start();
    await settle();
    const b = candidate('b');
    await b.election.start();
    await clock.advance(1_000);
    edit({ renewTime: '1999-01-01T00:00:00.000000Z', acquireTime: '1999-01-01T00:00:00.000000Z' });
    await clock.advance(10_000);
    edit({ renewTime: '2099-01-01T00:00:00.000000Z' });
    await clock.advance(60_000);
    expect([a.election.isLeader, b.election.isLeader]).toEqual([true, false]);
    edit({ renewTime: '2099-01-01T00:00:00.000000Z' });
    cutOff(a.client);
    await clock.advance(17_000);
    expect(b.election.isLeader).toBe(true);
    await b.election.stop();
  });

  it('says what keeps it from telling who leads, until it can', async () => {
    const { election, client, lines } = candidate('a');
    const forbidden = new KubeError(403, 'Forbidden', 'leases is forbidden');
    const heal = client.intercept({ times: Infinity, before: () => Promise.reject(forbidden) });
    await election.start();
    await clock.advance(30_000);
    expect(election.problem).toBe('The Lease system/operator cannot be held or read: leases is forbidden');
    expect(lines.filter(({ level }) => level === 40)).toHaveLength(1);
    heal();
    await clock.advance(2_000);
    expect([election.problem, election.isLeader]).toEqual([undefined, true]);
    await election.stop();
  });
});

describe('a leader', () => {
  it('that cannot renew stops after ten seconds, before anybody else may lead', async () => {
    const { election, client, events, failures } = candidate('a');
    await election.start();
    await clock.advance(4_000);
    cutOff(client);
    await clock.advance(9_999);
    expect([election.isLeader, failures]).toEqual([true, []]);
    await clock.advance(1);
    expect([election.isLeader, events]).toEqual([false, ['start', 'stop', 'stopped']]);
    expect(failures).toMatchObject([{ code: 'LEADERSHIP_LOST' }]);
    client.forgetCalls();
    await clock.advance(60_000);
    expect(client.calls).toEqual([]);
  });

  it('whose calls hang tries again, and counts the time from before a call', async () => {
    const { election, client, failures } = candidate('a');
    await election.start();
    await clock.advance(1_000);
    const hang = () => new Promise<void>(() => {});
    client.intercept({ matches: ({ verb }) => verb === 'replace', before: hang });
    await clock.advance(8_000); // one call hangs for five seconds; the next renews
    const next = client.writes.length;
    client.intercept({ times: Infinity, after: hang }); // from now on every answer gets lost
    await clock.advance(8_000);
    expect(client.writes.length).toBeGreaterThan(next);
    expect(election.isLeader).toBe(true);
    await clock.advance(1_500);
    expect([election.isLeader, failures.length]).toEqual([false, 1]);
  });

  it('stops at once when the Lease names somebody else', async () => {
    const { election, client, events, failures } = candidate('a');
    await election.start();
    await settle();
    edit({ holderIdentity: 'intruder' });
    await clock.advance(2_000);
    expect([election.isLeader, events]).toEqual([false, ['start', 'stop', 'stopped']]);
    expect(String(failures[0])).toContain('intruder holds it');
    client.forgetCalls();
    await election.stop();
    expect(client.writes).toEqual([]);
  });

  it.each([
    ['is deleted', () => lease() && server.delete(LEASE, KEY, {})],
    ['loses its holder', () => edit({ holderIdentity: undefined })],
    ['gets another duration', () => edit({ leaseDurationSeconds: 100_000 })],
    ['gets a label', () => server.patch(LEASE, KEY, { type: 'merge', body: { metadata: { labels: { a: 'b' } } } }, {})],
  ])('goes on when the Lease %s, and nobody else leads meanwhile', async (_, meddle) => {
    const [a, b] = [candidate('a'), candidate('b')];
    await a.election.start();
    await settle();
    await b.election.start();
    for (let n = 0; n < 10; n += 1) {
      await clock.advance(1_700);
      meddle();
    }
    await clock.advance(2_000);
    expect(lease()?.spec).toMatchObject({ holderIdentity: 'a', leaseDurationSeconds: 15 });
    await clock.advance(30_000);
    expect([a.election.isLeader, a.failures, b.events, b.client.writes]).toEqual([true, [], [], []]);
    await Promise.all([a.election.stop(), b.election.stop()]);
  });

  it('gives the Lease up although somebody edited it meanwhile', async () => {
    const { election } = candidate('a', { drainMs: 500 });
    await election.start();
    await settle();
    const stopping = election.stop();
    edit({ leaseDurationSeconds: 99 });
    await clock.advance(500);
    await stopping;
    expect(lease()?.spec).toMatchObject({ leaseDurationSeconds: 1 });
    expect(lease()?.spec?.holderIdentity).toBeUndefined();
  });

  it('stops in time although the API server is away', async () => {
    const { election, client, lines } = candidate('a');
    await election.start();
    await settle();
    client.intercept({ times: Infinity, before: () => new Promise<void>(() => {}) });
    const stopping = election.stop();
    await clock.advance(2_000);
    await stopping;
    expect(lines.at(-1)).toMatchObject({ msg: 'the Lease was not given up; others wait until it expires' });
  });

  it('gives the Lease up and fails when what it leads does not start', async () => {
    const client = new FakeKubeClient({ server });
    const start = () => Promise.reject(new Error('no cache'));
    const tools = { clock, random: seededRandom(1), log: recordingLogger().log };
    const part = { name: 'leading', start, stop: async () => {} };
    const election = new LeaderElection({ client, ...KEY, identity: 'a', ...tools }, part);
    await election.start();
    await expect(election.failed).rejects.toThrow('no cache');
    expect(election.isLeader).toBe(false);
    expect(lease()?.spec?.holderIdentity).toBeUndefined();
  });
});

it('refuses times by which two could lead', () => {
  const tools = { clock, random: seededRandom(1), log: recordingLogger().log };
  const part = { name: 'leading', start: async () => {}, stop: async () => {} };
  const options = { client: new FakeKubeClient({ server }), ...KEY, identity: 'a', ...tools };
  for (const times of [{ renewMs: 15_000 }, { retryMs: 10_000 }])
    expect(() => new LeaderElection({ ...options, ...times }, part)).toThrow('retryMs < renewMs < leaseMs');
});
