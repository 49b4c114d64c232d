import { AGENT_RUN, LIMIT, ownerReference, SYMPOZIUM_INSTANCE, type AgentRun } from '@sympozium/api';
import { admitPlugins, loadPlugins, MODE_PLUGIN } from '@sympozium/host';
import { probeMode } from '@sympozium/host/testing';
import { FakeKubeClient } from '@sympozium/kube/testing';
import { CONFIG_MAP, JOB, POD, type Pod } from '@sympozium/plugin-sdk/manifests';
import { agentRun, sympoziumInstance } from '@sympozium/plugin-sdk/testing';
import { FakeClock, seededRandom, settle } from '@sympozium/process/testing';
import { encodeEnvelope, encodeFrame, PROTOCOL_VERSION, type ResultBody } from '@sympozium/run-protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtinPlugins } from './builtin-plugins.js';
import { CLOCK, composeOperator, HEALTH_SERVER, OPERATOR } from './composition.js';
import { readOperatorSettings, type OperatorSettings } from './settings.js';

const environment = { HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'silent' };
const settings = readOperatorSettings([], { ...environment, LEADER_ELECTION: 'false' }) as OperatorSettings;
const clock = new FakeClock(Date.parse('2026-01-02T03:04:05Z'));
const key = (name: string) => ({ namespace: 'default', name });

let client: FakeKubeClient;
let stop: () => Promise<void>;
let readyz: () => Promise<Response>;

beforeEach(async () => {
  const random = seededRandom(1);
  client = new FakeKubeClient({
    clock,
    random,
    admit: (kind, object) => {
      if (kind === AGENT_RUN)
        Object.assign(object, { status: (object as Partial<AgentRun>).status ?? { phase: 'Pending' } });
    },
  });
  const plugins = await loadPlugins({ builtins: builtinPlugins(settings), ...settings.plugins });
  const container = composeOperator({ settings, client, ...plugins }).value(CLOCK, clock);
  const [probe] = await admitPlugins([{ from: 'test', plugin: probeMode() }]);
  if (probe) container.value(MODE_PLUGIN, probe);
  const operator = container.get(OPERATOR);
  stop = () => operator.stop();
  await operator.start();
  readyz = () => fetch(`http://127.0.0.1:${container.get(HEALTH_SERVER).port}/readyz`);
  client.server.create(SYMPOZIUM_INSTANCE, sympoziumInstance());
});

afterEach(() => stop());

async function quiet(): Promise<void> {
  for (let still = 0, calls = -1; still < 8; still += 1) {
    await settle();
    if (client.calls.length !== calls) still = 0;
    calls = client.calls.length;
  }
}

const submit = async (name: string, mode?: string): Promise<void> => {
  client.server.create(AGENT_RUN, agentRun({ metadata: { name }, spec: { ...(mode !== undefined && { mode }) } }));
  await quiet();
};

const stored = (name: string): AgentRun | undefined => client.server.peek(AGENT_RUN, key(name));

/** Plays the kubelet: the Pod of a run's Job whose agent has ended with this termination message. */
function endPod(name: string, message: string): Pod {
  const job = client.server.peek(JOB, key(name));
  if (!job) throw new Error(`there is no Job ${name}`);
  const time = new Date(clock.now()).toISOString().replace('.000', '');
  const terminated = { exitCode: 0, startedAt: time, finishedAt: time, message };
  return client.server.put(POD, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...key(`${name}-0`),
      labels: { ...job.spec.template.metadata?.labels },
      ownerReferences: [ownerReference(job)],
    },
    spec: { containers: [] },
    status: {
      phase: 'Succeeded',
      containerStatuses: [
        { name: 'agent', image: '', imageID: '', ready: false, restartCount: 0, state: { terminated } },
      ],
    },
  });
}

const result = (text: string): ResultBody => ({ type: 'result', status: 'ok', text, finishReason: 'stop' });

describe('the operator with the task mode', () => {
  it('turns a run without a mode into a Job of the reference agent, and its envelope into status', async () => {
    await submit('small');
    expect(client.server.peek(JOB, key('small'))?.spec.template.spec?.containers[0]?.image).toBe(settings.agentImage);
    endPod('small', encodeEnvelope(result('Hello'), LIMIT.terminationMessage));
    await quiet();
    expect(stored('small')?.status).toMatchObject({ phase: 'Succeeded', mode: 'task', result: { text: 'Hello' } });
  });

  it('reads an answer that is too large for the envelope from the log of its own attempt', async () => {
    const text = 'ü\u0000\n'.repeat(30_000);
    await submit('large');
    const pod = endPod('large', encodeEnvelope(result(text), LIMIT.terminationMessage));
    const frame = (attempt: string, said: string) =>
      encodeFrame({ v: PROTOCOL_VERSION, attempt, seq: 9, ...result(said) });
    const lines = [
      'plain output',
      frame('another attempt', 'no').trim(),
      frame(pod.metadata.uid ?? '', text).trim(),
      '',
    ];
    client.setLog(key('large-0'), 'agent', lines.join('\n'));
    await clock.advance(1_000);
    await quiet();
    expect(stored('large')?.status).toMatchObject({ phase: 'Succeeded', result: { ref: { name: 'large-result' } } });
    const map = client.server.peek(CONFIG_MAP, key('large-result'));
    expect(Buffer.from(map?.binaryData?.['result'] ?? '', 'base64').toString()).toBe(text);
  });

  it('waits a while for a log that is behind, and then calls the answer lost', async () => {
    await submit('lost');
    endPod('lost', encodeEnvelope(result('x'.repeat(5_000)), LIMIT.terminationMessage));
    client.setLog(key('lost-0'), 'agent', 'cut off\n');
    await quiet();
    await clock.advance(10_000);
    expect(stored('lost')?.status.phase).toBe('Pending');
    await clock.advance(20_000);
    await quiet();
    expect(stored('lost')?.status).toMatchObject({ phase: 'Failed', reason: 'ResultLost' });
  });

  it('refuses an answer of more than 1 MiB', async () => {
    await submit('huge');
    endPod('huge', encodeEnvelope(result('x'.repeat(LIMIT.result + 1)), LIMIT.terminationMessage));
    await quiet();
    expect(stored('huge')?.status).toMatchObject({ phase: 'Failed', reason: 'ResultTooLarge' });
  });
});

describe('/readyz', () => {
  it('says no while the API server is away', async () => {
    expect((await readyz()).status).toBe(200);
    const back = client.fail(({ verb }) => verb === 'raw', new Error('refused'), { times: Infinity });
    await clock.advance(2_001);
    const answer = await readyz();
    expect([answer.status, await answer.json()]).toEqual([
      503,
      { ready: false, missing: ['the Kubernetes API server cannot be reached'] },
    ]);
    back();
    await clock.advance(2_001);
    expect((await readyz()).status).toBe(200);
  });
});

describe('a second mode, registered beside the first', () => {
  it('takes the same road', async () => {
    await submit('probed', 'probe');
    expect(client.server.peek(JOB, key('probed'))?.metadata.labels).toMatchObject({ 'sympozium.ai/mode': 'probe' });
  });
});

describe('one of several operators', () => {
  const candidate = async (own = new FakeKubeClient({ server: client.server })) => {
    const electing = readOperatorSettings([], environment) as OperatorSettings;
    const plugins = await loadPlugins({ builtins: builtinPlugins(electing), ...electing.plugins });
    const container = composeOperator({ settings: electing, client: own, ...plugins }).value(CLOCK, clock);
    await container.get(OPERATOR).start();
    await quiet();
    const ready = async () => (await fetch(`http://127.0.0.1:${container.get(HEALTH_SERVER).port}/readyz`)).status;
    return { client: own, ready, stop: () => container.get(OPERATOR).stop() };
  };

  it('works alone, the others being ready to', async () => {
    await stop();
    const leader = await candidate();
    const standby = await candidate();
    await submit('one');
    expect(client.server.peek(JOB, key('one'))).toBeDefined();
    expect([await leader.ready(), await standby.ready()]).toEqual([200, 200]);
    expect(standby.client.writes).toEqual([]);
    await leader.stop();
    await submit('two');
    await clock.advance(1_000);
    await quiet();
    expect(client.server.peek(JOB, key('two'))).toBeDefined();
    await standby.stop();
  });

  it('goes on with all that is under way without reading it again, since it has watched all the time', async () => {
    await stop();
    const leader = await candidate();
    const standby = await candidate();
    await submit('under-way');
    await leader.stop();
    endPod('under-way', encodeEnvelope(result('Hello'), LIMIT.terminationMessage));
    standby.client.forgetCalls();
    await clock.advance(1_000);
    await quiet();
    expect(stored('under-way')?.status).toMatchObject({ phase: 'Succeeded', result: { text: 'Hello' } });
    expect(standby.client.calls.filter(({ verb }) => verb === 'list')).toEqual([]);
    await standby.stop();
  });

  it('does not lead before it knows the cluster', async () => {
    await stop();
    const own = new FakeKubeClient({ server: client.server });
    const heal = own.fail(({ verb, kind }) => verb === 'list' && kind === JOB, new Error('etcd is busy'), {
      times: Infinity,
    });
    const cold = candidate(own);
    await quiet();
    expect(own.calls.filter(({ kind }) => kind?.kind === 'Lease')).toEqual([]);
    heal();
    await clock.advance(30_000);
    const warm = await cold;
    await submit('one');
    expect(client.server.peek(JOB, key('one'))).toBeDefined();
    await warm.stop();
  });

  it('is not ready while it cannot tell whether it leads', async () => {
    const lost = await candidate();
    const refused = new Error('leases is forbidden');
    const heal = lost.client.fail(({ kind }) => kind?.kind === 'Lease', refused, { times: Infinity });
    await clock.advance(2_000);
    expect(await lost.ready()).toBe(503);
    heal();
    await clock.advance(2_000);
    expect(await lost.ready()).toBe(200);
    await lost.stop();
  });
});
