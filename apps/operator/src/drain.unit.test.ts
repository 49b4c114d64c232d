import { AGENT_RUN, SYMPOZIUM_INSTANCE } from '@sympozium/api';
import { FakeKubeClient } from '@sympozium/kube/testing';
import { DEPLOYMENT, type Deployment } from '@sympozium/plugin-sdk/manifests';
import { agentRun, sympoziumInstance } from '@sympozium/plugin-sdk/testing';
import { FakeClock, recordingLogger, seededRandom, settle, silentLogger } from '@sympozium/process/testing';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { drainOperator, type DrainParts } from './drain.js';
import { readOperatorSettings, type OperatorSettings } from './settings.js';

const SYSTEM = 'sympozium-system';
const OPERATOR = { namespace: SYSTEM, name: 'sympozium' };
const LEASE = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', plural: 'leases', namespaced: true };
const LEASE_KEY = { namespace: SYSTEM, name: 'sympozium-operator' };
const ENVIRONMENT = { OPERATOR_DEPLOYMENT: 'sympozium', DRAIN_TIMEOUT_SECONDS: '60' };

let clock: FakeClock;
let client: FakeKubeClient;
let end: AbortController;

beforeEach(() => {
  clock = new FakeClock(Date.parse('2026-01-02T03:04:05Z'));
  client = new FakeKubeClient({ clock, random: seededRandom(1) });
  end = new AbortController();
});

/** How a drain ended; nothing while it goes on. */
function begin(env: Readonly<Record<string, string>> = {}, log = silentLogger()): { outcome?: unknown } {
  const settings = readOperatorSettings(['drain'], { ...ENVIRONMENT, ...env }) as OperatorSettings;
  const parts: DrainParts = { settings, client, clock, random: seededRandom(2), log, signal: end.signal };
  const ended: { outcome?: unknown } = {};
  drainOperator(parts).then(
    () => (ended.outcome = 'done'),
    (error: unknown) => (ended.outcome = error),
  );
  return ended;
}

/** The time passes, a second after the other, and the garbage collector works. */
async function seconds(count: number): Promise<void> {
  for (let second = 0; second < count; second += 1) {
    await settle();
    client.server.collectGarbage();
    await clock.advance(1_000);
  }
}

function operatorsRun(): void {
  client.server.put(DEPLOYMENT, {
    ...{ apiVersion: DEPLOYMENT.apiVersion, kind: DEPLOYMENT.kind, metadata: OPERATOR },
    spec: { replicas: 2, selector: {}, template: { spec: { containers: [] } } },
  } as Deployment);
}

/** A Lease that somebody holds, and renews as long as it is told. */
function leaseOf(holderIdentity: string): void {
  const spec = { holderIdentity, leaseDurationSeconds: 15, renewTime: new Date(clock.now()).toISOString() };
  client.server.put(LEASE, { apiVersion: LEASE.apiVersion, kind: LEASE.kind, metadata: LEASE_KEY, spec } as never);
}

function serverRuns(finalizers = ['sympozium.ai/teardown']): void {
  client.server.create(SYMPOZIUM_INSTANCE, sympoziumInstance());
  const run = agentRun({ metadata: { name: 'demo-server', finalizers }, spec: { mode: 'server' } });
  client.server.put(AGENT_RUN, { ...run, status: { phase: 'Serving', mode: 'server' } });
}

const writes = (): string[] =>
  client.writes.map(
    ({ verb, kind, subresource }) => `${verb} ${[kind?.plural, subresource].filter(Boolean).join('/')}`,
  );

describe('a drain', () => {
  it('stops the operators, waits for their Lease, takes servers down, and leaves no Lease', async () => {
    operatorsRun();
    serverRuns();
    leaseOf('operator');
    const drain = begin();
    await seconds(2);
    expect(client.server.peek(DEPLOYMENT, OPERATOR)?.spec?.replicas).toBe(0);
    expect(client.server.peek(AGENT_RUN, { namespace: 'default', name: 'demo-server' })?.metadata).not.toHaveProperty(
      'deletionTimestamp',
    );
    client.server.patch(LEASE, LEASE_KEY, {
      type: 'merge',
      body: { spec: { holderIdentity: null, leaseDurationSeconds: 1 } },
    });
    await seconds(3);
    expect(drain.outcome).toBe('done');
    expect(client.server.objects(AGENT_RUN)).toEqual([]);
    expect(client.server.objects(SYMPOZIUM_INSTANCE)).toHaveLength(1);
    expect(client.server.peek(LEASE, LEASE_KEY)).toBeUndefined();
  });

  it('takes over from operators that were lost with the Lease in their hands', async () => {
    serverRuns();
    leaseOf('lost');
    const drain = begin();
    await seconds(14);
    expect(drain.outcome).toBeUndefined();
    await seconds(6);
    expect([drain.outcome, client.server.objects(AGENT_RUN)]).toEqual(['done', []]);
  });

  it('is done at once where there is nothing, not even operators, and leaves nothing', async () => {
    const drain = begin();
    await settle();
    expect(drain.outcome).toBe('done');
    expect(writes()).toEqual(['patch deployments/scale', 'create leases', 'delete leases']);
    expect(client.server.objects(LEASE)).toEqual([]);
  });

  it('needs neither Deployment nor Lease where it is told so', async () => {
    const drain = begin({ OPERATOR_DEPLOYMENT: '', LEADER_ELECTION: 'false' });
    await settle();
    expect([drain.outcome, writes()]).toEqual(['done', []]);
  });

  it('works with the built-in plugins where those that are configured are refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'drain-'));
    const { log, lines } = recordingLogger();
    try {
      writeFileSync(join(folder, 'plugins.yaml'), 'plugins: [{package: "@acme/none"}]');
      serverRuns();
      const drain = begin({ SYMPOZIUM_PLUGINS: join(folder, 'plugins.yaml'), SYMPOZIUM_PLUGINS_DIR: folder }, log);
      while (drain.outcome === undefined && lines.every(({ msg }) => msg !== 'leading')) await settle();
      await seconds(3);
      expect([drain.outcome, client.server.objects(AGENT_RUN)]).toEqual(['done', []]);
      expect(lines.map(({ msg }) => msg)).toContainEqual(expect.stringMatching(/^plugins are refused/));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a drain that does not come to its end', () => {
  it('names the runs that are left, and what they wait for, when its time is over', async () => {
    serverRuns();
    client.intercept({
      matches: ({ verb, kind }) => verb === 'patch' && kind === AGENT_RUN,
      times: Infinity,
      before: () => Promise.reject(new Error('a webhook is away')),
    });
    const drain = begin();
    await seconds(61);
    expect(drain.outcome).toMatchObject({
      code: 'DRAIN_INCOMPLETE',
      message: expect.stringMatching(/default\/demo-server: a webhook is away\. .*uninstall again/) as string,
    });
    expect(client.server.objects(LEASE)).toEqual([]);
  });

  it('says so when an operator keeps the Lease', async () => {
    leaseOf('busy');
    const drain = begin();
    for (let renewals = 0; renewals < 31; renewals += 1) {
      await seconds(2);
      leaseOf('busy');
    }
    expect(drain.outcome).toMatchObject({
      code: 'DRAIN_INCOMPLETE',
      message: expect.stringContaining('an operator still holds the Lease') as string,
    });
    expect(client.server.peek(LEASE, LEASE_KEY)).toMatchObject({ spec: { holderIdentity: 'busy' } });
  });

  it('lets go of everything when it is ended, for the next one to go on', async () => {
    serverRuns(['sympozium.ai/teardown', 'acme.dev/theirs']);
    client.intercept({
      matches: ({ verb, kind }) => verb === 'delete' && kind === AGENT_RUN,
      times: Infinity,
      before: () => Promise.reject(new Error('not now')),
    });
    const drain = begin();
    await seconds(3);
    end.abort();
    await seconds(1);
    expect(drain.outcome).toMatchObject({ message: 'the drain was ended; run it again' });
    expect(client.server.objects(LEASE)).toEqual([]);
  });
});
