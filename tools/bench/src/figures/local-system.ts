import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { quantile, type Figure } from '../figure.js';
import { usageOf, type Usage } from '../process-tree.js';

/** Until V8 has tidied up after the start. */
const SETTLING_MS = 45_000;
const IDLE_MS = 30_000;
const ALONE = 'nothing else on the machine';

/** When a start came how far, in milliseconds. */
interface Start {
  /** From the command until the demo instance answers requests. */
  readonly served: number;
  /** From the demo's request until the first word of its answer. */
  readonly firstWord: number;
}

interface Running extends Start {
  readonly process: ChildProcess;
}

/** `npm start` as a newcomer meets it: from nothing, again, and left alone. */
export async function localSystem(n: number): Promise<Figure[]> {
  const fresh: Start[] = [];
  const again: Start[] = [];
  let idle: Usage | undefined;
  for (let i = 0; i < n; i += 1) {
    const folder = mkdtempSync(join(tmpdir(), 'sympozium-start-'));
    fresh.push(await startAndStop(folder));
    again.push(await startAndStop(folder));
    if (i === 0) idle = await idleUsage(folder);
    rmSync(folder, { recursive: true });
  }
  if (!idle) throw new RangeError('no start');
  const load = `${ALONE}, a warm disk`;
  const p50 = (starts: readonly Start[], of: keyof Start): number =>
    Math.round(
      quantile(
        starts.map((start) => start[of]),
        0.5,
      ),
    );
  const percent = Math.round((idle.cpuMs / IDLE_MS) * 10_000) / 100;
  return [
    {
      name: 'first `npm start` → served, p50',
      value: p50(fresh, 'served'),
      unit: 'ms',
      goal: { atMost: 1_500 },
      n,
      load,
    },
    {
      name: 'later `npm start` → served, p50',
      value: p50(again, 'served'),
      unit: 'ms',
      goal: { atMost: 1_500 },
      n,
      load,
    },
    {
      name: 'first request → first word, p50',
      value: p50(fresh, 'firstWord'),
      unit: 'ms',
      goal: { atMost: 300 },
      n,
      load,
    },
    {
      name: 'idle: CPU of all processes',
      value: percent,
      unit: '% of a core',
      goal: { atMost: 1 },
      n: 1,
      load: `${IDLE_MS / 1000} s, from ${SETTLING_MS / 1000} s after the start, ${ALONE}`,
    },
    {
      name: 'idle: memory of all processes',
      value: idle.rssMiB,
      unit: 'MiB',
      goal: { atMost: 300 },
      n: idle.processes,
      load: ALONE,
    },
  ];
}

async function startAndStop(folder: string): Promise<Start> {
  const { process, ...start } = await started(folder);
  await stop(process);
  return start;
}

/** CPU time within IDLE_MS, and the memory at their end. */
async function idleUsage(folder: string): Promise<Usage> {
  const { process } = await started(folder);
  const { pid = 0 } = process;
  await pause(SETTLING_MS);
  const before = usageOf(pid);
  await pause(IDLE_MS);
  const after = usageOf(pid);
  await stop(process);
  return { ...after, cpuMs: after.cpuMs - before.cpuMs };
}

/** Resolves when the demo's answer is complete. */
async function started(folder: string): Promise<Running> {
  const args = [
    '--max-semi-space-size=4',
    'tools/build/start.mjs',
    '--port',
    '0',
    '--data-dir',
    folder,
    '--output',
    'json',
  ];
  const begun = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let told = '';
  let asked: number | undefined;
  let answered: number | undefined;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text;
    const [, answer] = told.split('its answer streams:\n');
    if (answer !== undefined) asked ??= performance.now();
    if (answer) answered ??= performance.now();
  });
  const ready = createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  await Promise.race([ready, once(child, 'close')]);
  if (asked === undefined || answered === undefined) throw new Error(`the start was not as expected: ${told}`);
  return { process: child, served: asked - begun, firstWord: answered - asked };
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGINT');
  await once(child, 'close');
}
