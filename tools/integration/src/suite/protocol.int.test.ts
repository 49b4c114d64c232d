import { AGENT_RUN, LABEL, type AgentRun, type Kind } from '@sympozium/api';
import { createInformer } from '@sympozium/kube';
import { createLogger, systemClock, systemRandom } from '@sympozium/process';
import { cancelRun, followRun, InformerRunStatus, podLogFrames } from '@sympozium/run-client';
import { toValidUtf8 } from '@sympozium/run-protocol';
import { TRICKY_TEXTS } from '@sympozium/run-protocol/testing';
import { mkdirSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workspaceFile } from '../fixture/app-process.js';
import { agentImage, ANY_PROGRAM } from '../fixture/images.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { Sympozium } from '../fixture/sympozium.js';
import { until } from '../fixture/until.js';

const JOB: Kind = { apiVersion: 'batch/v1', kind: 'Job', plural: 'jobs', namespaced: true };
const POD: Kind = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };
const CONFIG_MAP: Kind = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const BEHAVIOURS = ['repeat', 'second-try', 'polite', 'deaf', 'garbage', 'nothing', 'killed'];
const KIB = 1024;

let system: Sympozium;
/** A URL: paths under /tmp mean the container's own. */
let journals: URL;

beforeAll(async () => {
  system = await Sympozium.start(suiteCluster(), { name: 'protocol' });
  journals = pathToFileURL(`${suiteCluster().folder}/journals/`);
  mkdirSync(journals, { recursive: true });
  for (const behaviour of BEHAVIOURS)
    await system.createInstance(behaviour, {
      agent: { image: agentImage('wilful-agent'), args: [behaviour, journals.href] },
    });
});

afterAll(() => system?.stop());

const chat = async (model: string, content: string): Promise<string | null | undefined> =>
  (await system.openai().chat.completions.create({ model, messages: [{ role: 'user', content }] })).choices[0]?.message
    .content;

const failure = (asked: Promise<unknown>): Promise<unknown> => asked.catch((error: unknown) => error);

/** What a run's agent wrote down; nothing before it has begun. */
function journal(run: string): string[] {
  try {
    return readFileSync(new URL(run, journals), 'utf8').trim().split('\n');
  } catch {
    return [];
  }
}

/** A run whose agent is at work. */
async function atWork(name: string, instance: string, spec: Parameters<Sympozium['createRun']>[1] = {}) {
  const run = await system.createRun(name, { instanceRef: { name: instance }, ...spec });
  const line = await until(`${name} works`, () => journal(name).find((found) => found.startsWith('works as ')));
  return { run, pid: Number(line.slice('works as '.length)) };
}

const podOf = async (run: string): Promise<string> => {
  const pod = (await system.pods()).find(({ metadata }) => metadata.labels?.[LABEL.run] === run);
  if (!pod) throw new Error(`run ${run} has no Pod`);
  return pod.metadata.name;
};

const remove = (kind: Kind, name: string, gracePeriodSeconds?: number): Promise<unknown> =>
  system.admin.delete(
    kind,
    { namespace: system.namespace, name },
    { propagationPolicy: 'Background', ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }) },
  );

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('input', () => {
  const texts: readonly (readonly [string, string])[] = [
    ...Object.entries(TRICKY_TEXTS),
    ['halves of surrogate pairs', 'a\ud83d b\udc0d \udc0d\ud83d'],
    ['what looks like an escape', '\\ud800 \\u0000 \\\\u0041 %24(X) $$(SYMPOZIUM_TOKEN_FILE)'],
    ['one of each 64 code points', String.fromCodePoint(...everyPlane())],
    ['150 KiB', `$(X)é"\n`.repeat((150 * KIB) / 8)],
    ['300 KiB', `$$(X)🐍\\`.repeat((300 * KIB) / 10)],
  ];

  it.each(texts)('reaches an agent as the caller sent it: %s', async (_, text) => {
    const answer = await chat('repeat', text);
    expect(answer === toValidUtf8(text), `${answer?.length} for ${text.length} characters`).toBe(true);
  });

  it('takes the road by a ConfigMap above 200 KiB alone', async () => {
    const { items } = await system.admin.list(CONFIG_MAP, { namespace: system.namespace });
    expect(items.filter(({ metadata }) => metadata.name.endsWith('-input'))).toHaveLength(1);
  });

  it.each([
    ['of plain text', 'x'.repeat(1024 * KIB)],
    ['of text that the server stores in six bytes a character', '<'.repeat(200 * KIB)],
  ])('above 1 MiB is refused before anything is made: %s', async (_, text) => {
    const before = (await system.runs()).length;
    expect(await failure(chat('repeat', text))).toMatchObject({ status: 413, code: 'run_input_too_large' });
    expect(await system.runs()).toHaveLength(before);
  });
});

/** Characters from all over Unicode, surrogates left out. */
function everyPlane(): number[] {
  const all = Array.from({ length: 0x110000 / 64 }, (_, index) => index * 64 + (index % 64));
  return all.filter((code) => code < 0xd800 || code > 0xdfff);
}

describe('retry', () => {
  it('gives the second attempt’s answer, counts both, and doubles no text for who follows', async () => {
    const run = await system.createRun('retried', { instanceRef: { name: 'second-try' }, retry: { limit: 1 } });
    const { said, outcome } = await followed(run);
    const { status } = await system.finished('retried');
    expect(status).toMatchObject({ phase: 'Succeeded', attempts: 2, result: { text: 'Hello again' } });
    expect(journal('retried')).toEqual(['tried', 'tried']);
    // Pieces of two attempts are never joined: the caller gets the answer, or an error and the stored answer.
    if (outcome?.succeeded) expect(said).toBe(outcome.answer.text);
    else expect(said).toBe('Hello ');
  });

  it('is not given unasked: one attempt, and the reason', async () => {
    await system.createRun('tried-once', { instanceRef: { name: 'second-try' } });
    const { status } = await system.finished('tried-once');
    expect(status).toMatchObject({ phase: 'Failed', reason: 'AgentFailed', attempts: 1, exitCode: 1 });
    expect(journal('tried-once')).toEqual(['tried']);
  });
});

/** What a run says to who follows it by its Pods' logs, as the CLI does. */
async function followed(run: AgentRun) {
  const log = createLogger({ name: 'follower', level: 'fatal' });
  const tools = { client: system.admin, clock: systemClock, random: systemRandom, log };
  const informer = createInformer(tools, { kind: AGENT_RUN, namespace: system.namespace });
  const status = new InformerRunStatus(informer, tools);
  await informer.start();
  const frames = (signal: AbortSignal) => podLogFrames(tools, run, signal);
  let said = '';
  try {
    for await (const update of followRun({ ...tools, run, status, frames })) {
      if (update.type === 'delta') said += update.text;
      if (update.type === 'ended') return { said, outcome: update.outcome };
    }
    return { said, outcome: undefined };
  } finally {
    await informer.stop();
  }
}

describe('stop', () => {
  it('at its timeout: SIGTERM for the agent, 504 for the caller, DeadlineExceeded for the run', async () => {
    await system.createInstance('hasty', {
      agent: { image: agentImage('wilful-agent'), args: ['polite', journals.href] },
      runDefaults: { timeout: '2s' },
    });
    expect(await failure(chat('hasty', 'Take your time'))).toMatchObject({ status: 504 });
    const [run] = (await system.runs()).filter(({ spec }) => spec.instanceRef.name === 'hasty');
    const name = run?.metadata.name ?? '';
    expect((await system.finished(name)).status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
    await until('the agent had SIGTERM', () => journal(name).includes('SIGTERM'));
  });

  it('of an agent that does not hear: killed after its grace, however short that becomes', async () => {
    const { run, pid } = await atWork('deaf', 'deaf');
    await cancelRun(system.admin, run);
    await until('the agent had SIGTERM', () => journal('deaf').includes('SIGTERM'));
    expect(isAlive(pid)).toBe(true);
    expect((await system.run('deaf')).status.phase).not.toBe('Failed');
    await remove(POD, await podOf('deaf'), 1);
    expect((await system.finished('deaf')).status).toMatchObject({ phase: 'Failed', reason: 'Cancelled' });
    await until('the agent is killed', () => !isAlive(pid));
  });

  it('before its Job is made: nothing is made', async () => {
    await system.createRun('stillborn', { instanceRef: { name: 'polite' }, cancel: true });
    const { status } = await system.finished('stillborn');
    expect(status).toMatchObject({ phase: 'Failed', reason: 'Cancelled' });
    expect(journal('stillborn')).toEqual([]);
    const made = [...(await system.jobs()), ...(await system.pods())];
    expect(made.filter(({ metadata }) => metadata.labels?.[LABEL.run] === 'stillborn')).toEqual([]);
  });

  it('before its agent can start', async () => {
    await system.createInstance('imageless', { agent: { image: 'registry.invalid/none:1' } });
    const run = await system.createRun('waiting', { instanceRef: { name: 'imageless' } });
    await until('it waits', async () => (await system.run('waiting')).status.reason === 'ImagePullFailed');
    await cancelRun(system.admin, run);
    expect((await system.finished('waiting')).status).toMatchObject({ phase: 'Failed', reason: 'Cancelled' });
  });

  it('at work: Cancelled, with the usage so far', async () => {
    const { run, pid } = await atWork('cancelled', 'polite');
    await cancelRun(system.admin, run);
    const { status } = await system.finished('cancelled');
    expect(status).toMatchObject({ phase: 'Failed', reason: 'Cancelled', exitCode: 143, usage: { totalTokens: 8 } });
    await until('the agent has ended', () => !isAlive(pid));
  });

  it('after its end: nothing changes', async () => {
    await system.createRun('ended', { instanceRef: { name: 'repeat' } });
    const { status } = await system.finished('ended');
    await cancelRun(system.admin, await system.run('ended'));
    // A run that was made later has gone all the way: the operator has long seen the cancel.
    await system.createRun('later', { instanceRef: { name: 'repeat' } });
    await system.finished('later');
    expect((await system.run('ended')).status).toEqual(status);
  });
});

it('takes the smallest agent of the document', async () => {
  const document = readFileSync(workspaceFile('docs/agent-protocol.md'), 'utf8');
  const [, script = ''] = /^```sh\n(.*?)\n```$/ms.exec(document) ?? [];
  await system.createInstance('smallest', { agent: { image: ANY_PROGRAM, command: ['/bin/sh', '-c', script] } });
  expect(await chat('smallest', 'Hello')).toBe('hi');
});

describe('failure', () => {
  it.each([
    ['garbage', 'AgentFailed', 0, /oops/],
    ['nothing', 'AgentFailed', 0, /no result at \$SYMPOZIUM_RESULT/],
    ['killed', 'AgentFailed', 137, /exit code 137/],
  ])('an agent that leaves %s: %s', async (behaviour, reason, exitCode, says) => {
    await system.createRun(`ends-${behaviour}`, { instanceRef: { name: behaviour } });
    const { status } = await system.finished(`ends-${behaviour}`);
    expect(status).toMatchObject({ phase: 'Failed', reason, exitCode, message: expect.stringMatching(says) });
    expect(await failure(chat(behaviour, 'Hi'))).toMatchObject({
      status: 502,
      message: expect.stringMatching(says),
    });
  });

  it.each([
    ['Pod', 'Disrupted'],
    ['Job', 'JobLost'],
  ])('a %s that somebody deletes at work: %s, once and for all', async (kind, reason) => {
    const name = `loses-its-${kind.toLowerCase()}`;
    const { pid } = await atWork(name, 'polite');
    await (kind === 'Pod' ? remove(POD, await podOf(name)) : remove(JOB, name));
    expect((await system.finished(name)).status).toMatchObject({ phase: 'Failed', reason });
    await until('the agent has ended', () => !isAlive(pid));
    expect(journal(name).filter((line) => line.startsWith('works as '))).toHaveLength(1);
  });
});
