import { API_KEY, type Sympozium } from '@sympozium/integration';
import { quantile, type Figure } from '../figure.js';
import { spawnAgent, type Timing } from '../null-variant.js';

const QUESTION = 'Hello, agent';

/** Requests one after the other, each beside its null variant: the same agent spawned directly, with the same input. */
export async function chatAlone(system: Sympozium, n: number): Promise<Figure[]> {
  const requests: Timing[] = [];
  const spawns: Timing[] = [];
  await chat(system); // the first one warms the connections
  for (let i = 0; i < n; i += 1) {
    requests.push(await chat(system));
    spawns.push(await spawnAgent(QUESTION));
  }
  const load = 'one request at a time, echo agent, virtual node';
  const first = requests.map((timing) => timing.first);
  const last = requests.map((timing) => timing.last);
  const nullFirst = spawns.map((timing) => timing.first);
  const nullLast = spawns.map((timing) => timing.last);
  const ratio = (name: string, ours: readonly number[], alone: readonly number[]): Figure => {
    const value = Math.round((quantile(ours, 0.5) / quantile(alone, 0.5)) * 100) / 100;
    return { name: `${name} against null variant, p50`, value, unit: 'ratio', goal: { atMost: 2 }, n, load };
  };
  return [
    { name: 'request → first byte, p50', value: quantile(first, 0.5), unit: 'ms', goal: { atMost: 100 }, n, load },
    { name: 'request → first byte, p99', value: quantile(first, 0.99), unit: 'ms', n, load },
    { name: 'request → last byte, p50', value: quantile(last, 0.5), unit: 'ms', n, load },
    { name: 'request → last byte, p99', value: quantile(last, 0.99), unit: 'ms', n, load },
    { name: 'null variant: spawn → first delta, p50', value: quantile(nullFirst, 0.5), unit: 'ms', n, load },
    { name: 'null variant: spawn → end, p50', value: quantile(nullLast, 0.5), unit: 'ms', n, load },
    ratio('request → first byte', first, nullFirst),
    ratio('request → last byte', last, nullLast),
  ];
}

/** Requests whose Pod does no work: what the system itself costs, one at a time and many at once. */
export async function idleChat(system: Sympozium, alone: number, atOnce: number): Promise<Figure[]> {
  const times: number[] = [];
  for (let i = 0; i < alone; i += 1) times.push((await chat(system, 'idle')).last);
  const burst = await inBurst(system, 'idle', atOnce);
  const pod = 'a Pod that does no work, virtual node';
  const load = `${atOnce} requests at once, ${pod}`;
  return [
    {
      name: 'idle request → answer, p50',
      value: quantile(times, 0.5),
      unit: 'ms',
      goal: { atMost: 60 },
      n: alone,
      load: `one request at a time, ${pod}`,
    },
    { name: 'idle burst: p50', value: quantile(burst.times, 0.5), unit: 'ms', goal: { atMost: 1200 }, n: atOnce, load },
    { name: 'idle burst: runs', value: burst.perSecond, unit: 'runs/s', goal: { atLeast: 40 }, n: atOnce, load },
  ];
}

/** Many requests at once, each with a whole Node process as its agent. */
export async function chatBurst(system: Sympozium, n: number): Promise<Figure[]> {
  const { times, perSecond } = await inBurst(system, 'echo', n);
  const load = `${n} requests at once, echo agent, virtual node`;
  return [
    { name: 'burst: request → last byte, p50', value: quantile(times, 0.5), unit: 'ms', n, load },
    { name: 'burst: request → last byte, p99', value: quantile(times, 0.99), unit: 'ms', n, load },
    { name: 'burst: runs', value: perSecond, unit: 'runs/s', n, load },
  ];
}

async function inBurst(system: Sympozium, model: string, n: number) {
  const started = performance.now();
  const timings = await Promise.all(Array.from({ length: n }, () => chat(system, model)));
  const seconds = (performance.now() - started) / 1000;
  return { times: timings.map(({ last }) => last), perSecond: Math.round((n / seconds) * 10) / 10 };
}

async function chat(system: Sympozium, model = 'echo'): Promise<Timing> {
  const started = performance.now();
  const response = await fetch(`${system.endpoint}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: QUESTION }] }),
  });
  if (!response.ok || !response.body) throw new Error(`${response.status}: ${await response.text()}`);
  let first: number | undefined;
  let end = '';
  for await (const chunk of response.body) {
    first ??= performance.now() - started;
    end = new TextDecoder().decode(chunk as Uint8Array);
  }
  if (!end.endsWith('data: [DONE]\n\n') || first === undefined) throw new Error(`the answer broke off: ${end}`);
  return { first, last: performance.now() - started };
}
