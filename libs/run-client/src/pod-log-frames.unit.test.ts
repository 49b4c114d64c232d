import { AGENT_RUN, API_VERSION, LABEL, POD, type AgentRun, type Kind, type KubeObject } from '@sympozium/api';
import { KubeError } from '@sympozium/kube';
import { FakeClock, seededRandom, settle, silentLogger } from '@sympozium/process/testing';
import { encodeFrame, PROTOCOL_VERSION, type Frame } from '@sympozium/run-protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { podLogFrames } from './pod-log-frames.js';
import { RunWorld } from './testing/index.js';

const PODS: Kind = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };

const run = {
  apiVersion: API_VERSION,
  kind: AGENT_RUN.kind,
  metadata: { name: 'hello', namespace: 'default', uid: 'uid-1' },
} as AgentRun;

let clock: FakeClock;
let world: RunWorld;
let stop: AbortController;
let frames: AsyncGenerator<Frame>;

beforeEach(() => {
  clock = new FakeClock();
  world = new RunWorld({ clock });
  stop = new AbortController();
  const dependencies = { client: world.client, clock, random: seededRandom(1), log: silentLogger() };
  frames = podLogFrames(dependencies, run, stop.signal);
});

afterEach(() => stop.abort());

function pod(name: string, uid: string, state: object): void {
  world.client.server.put(PODS, {
    ...PODS,
    metadata: { name, namespace: 'default', labels: { [LABEL.runUid]: uid } },
    status: { containerStatuses: [{ name: POD.agentContainer, state }] },
  } as KubeObject);
}

const says = (name: string, attempt: string, ...texts: readonly string[]): void =>
  world.client.setLog(
    { namespace: 'default', name },
    POD.agentContainer,
    texts.map((text, seq) => encodeFrame({ v: PROTOCOL_VERSION, attempt, seq, type: 'delta', text })).join(''),
  );

const next = async () => (await frames.next()).value;

it('waits until the agent’s container has started, then gives each attempt’s frames', async () => {
  const first = next();
  await settle();
  pod('other-run', 'uid-2', { running: {} });
  pod('one', 'uid-1', { waiting: {} });
  await settle();
  says('one', 'a', 'x', 'y');
  pod('one', 'uid-1', { running: {} });
  expect([await first, await next()]).toMatchObject([{ text: 'x' }, { text: 'y' }]);
  const third = next();
  says('two', 'b', 'z');
  pod('two', 'uid-1', { terminated: {} });
  expect(await third).toMatchObject({ attempt: 'b', text: 'z' });
});

it('reads a log again that could not be read yet', async () => {
  says('one', 'a', 'x');
  world.client.fail(({ verb }) => verb === 'logs', new KubeError(400, 'BadRequest', 'waiting to start'), { times: 3 });
  pod('one', 'uid-1', { running: {} });
  const first = next();
  for (let i = 0; i < 5; i += 1) {
    for (let turn = 0; turn < 5; turn += 1) await settle();
    await clock.advance(250);
  }
  expect(await first).toMatchObject({ text: 'x' });
});

it('ends with the signal, and watches nothing more', async () => {
  const first = next();
  await settle();
  stop.abort(new Error('enough'));
  await expect(first).rejects.toThrow('enough');
  expect(world.client.watches.count(PODS)).toBe(0);
});
