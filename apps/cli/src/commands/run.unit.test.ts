import { AGENT_RUN, LABEL, POD, type AgentRun, type Kind, type KubeObject } from '@sympozium/api';
import { FakeClock, seededRandom, settle, silentLogger } from '@sympozium/process/testing';
import { encodeFrame, PROTOCOL_VERSION, type FrameBody } from '@sympozium/run-protocol';
import { RunWorld } from '@sympozium/run-client/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RunTools } from '../follow-answer.js';
import { runTask, type RunOptions } from './run.js';

const PODS: Kind = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };
const OPTIONS: RunOptions = { namespace: 'default', output: 'text' };

let clock: FakeClock;
let world: RunWorld;
let printed: string[];
let stop: AbortController;
let tools: RunTools;

beforeEach(() => {
  clock = new FakeClock();
  world = new RunWorld({ clock });
  printed = [];
  stop = new AbortController();
  tools = {
    client: world.client,
    clock,
    random: seededRandom(3),
    log: silentLogger(),
    out: { write: (text) => void printed.push(text) },
    signal: stop.signal,
  };
  world.instance('demo');
});

/** The run once it is made and followed. */
async function made(): Promise<AgentRun> {
  while (world.client.watches.count(AGENT_RUN) === 0) await settle();
  const [run] = world.runs;
  if (!run) throw new Error('no run was made');
  return run;
}

/** Plays the kubelet: the run's Pod has said all this. */
function podSays(run: AgentRun, ...bodies: readonly FrameBody[]): void {
  const name = `${run.metadata.name}-abcde`;
  const frames = bodies.map((body, seq) => encodeFrame({ v: PROTOCOL_VERSION, attempt: 'pod', seq, ...body }));
  world.client.setLog({ namespace: 'default', name }, POD.agentContainer, `starting up\n${frames.join('')}`);
  world.client.server.put(PODS, {
    ...PODS,
    metadata: { name, namespace: 'default', labels: { [LABEL.runUid]: run.metadata.uid ?? '' } },
    status: { containerStatuses: [{ name: POD.agentContainer, state: { running: {} } }] },
  } as KubeObject);
}

describe('run', () => {
  it('prints each piece of the Pod’s log and makes one run with the user’s words', async () => {
    const running = runTask(tools, 'Say hi', { ...OPTIONS, system: 'Be brief', timeout: '2m' });
    const run = await made();
    expect(run.spec).toMatchObject({ mode: 'task', task: 'Say hi', systemPrompt: 'Be brief', timeout: '2m' });
    podSays(
      run,
      { type: 'started' },
      { type: 'delta', text: 'H' },
      { type: 'delta', text: 'i' },
      { type: 'result', status: 'ok', text: 'Hi', finishReason: 'stop' },
    );
    await running;
    expect(printed).toEqual(['H', 'i', '\n']);
    expect(world.client.writes.map(({ verb }) => verb)).toEqual(['create']);
  });

  it('prints the stored answer when there is no log to read', async () => {
    const running = runTask(tools, 'Say hi', OPTIONS);
    world.succeed(await made(), { text: 'stored' });
    await running;
    expect(printed).toEqual(['stored', '\n']);
  });

  it('adds no newline to an answer that ends with one', async () => {
    const running = runTask(tools, 'Say hi', OPTIONS);
    world.succeed(await made(), { text: 'stored\n' });
    await running;
    expect(printed).toEqual(['stored\n']);
  });

  it('prints one JSON object with --output json', async () => {
    const usage = { inputTokens: 1, outputTokens: 2, totalTokens: 3 };
    const running = runTask(tools, 'Say hi', { ...OPTIONS, output: 'json' });
    const run = await made();
    world.succeed(run, { text: 'stored', usage });
    await running;
    expect(printed.map((line) => JSON.parse(line) as unknown)).toEqual([
      { name: run.metadata.name, phase: 'Succeeded', text: 'stored', usage },
    ]);
  });

  it('fails with the run’s reason', async () => {
    const running = runTask(tools, 'x', OPTIONS);
    const run = await made();
    world.fail(run, 'ModelAuthFailed', 'The key was refused. Correct the Secret.');
    await expect(running).rejects.toMatchObject({
      code: 'ModelAuthFailed',
      message: `run ${run.metadata.name}: The key was refused. Correct the Secret.`,
    });
    expect(world.run(run.metadata.name)?.spec.cancel).toBeUndefined();
  });

  it('gives up on a run that cannot start, says why and cancels it', async () => {
    const running = runTask(tools, 'x', OPTIONS);
    const run = await made();
    const failing = expect(running).rejects.toMatchObject({ code: 'ImagePullFailed' });
    world.hold(run, 'ImagePullFailed', 'no such image');
    for (let i = 0; i < 10; i += 1) await settle();
    await clock.advance(5_000);
    await failing;
    expect(world.run(run.metadata.name)?.spec.cancel).toBe(true);
  });

  it('cancels the run on Ctrl-C', async () => {
    const running = runTask(tools, 'x', OPTIONS);
    const run = await made();
    stop.abort();
    await expect(running).rejects.toMatchObject({ code: 'Cancelled' });
    expect(world.run(run.metadata.name)?.spec.cancel).toBe(true);
  });

  it('prints the name and returns with --detach', async () => {
    await runTask(tools, 'x', { ...OPTIONS, detach: true });
    expect(printed).toEqual([`${world.runs[0]?.metadata.name}\n`]);
  });

  it('names the instances there are when it is not told which', async () => {
    world.instance('other');
    await expect(runTask(tools, 'x', OPTIONS)).rejects.toMatchObject({
      code: 'InstanceNotFound',
      message: expect.stringContaining('demo|other'),
    });
    expect(world.runs).toEqual([]);
  });
});
