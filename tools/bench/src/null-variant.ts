import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROTOCOL_VERSION, type RunInput } from '@sympozium/run-protocol';

const AGENT = 'apps/agent-runner/dist/bundle/main.mjs';

/** Milliseconds from the request to the first and to the last byte of an answer. */
export interface Timing {
  readonly first: number;
  readonly last: number;
}

/** What no system can be faster than: the same agent with the same question, spawned from here. */
export async function spawnAgent(question: string): Promise<Timing> {
  const folder = mkdtempSync(join(tmpdir(), 'sympozium-null-'));
  const input: RunInput = {
    v: PROTOCOL_VERSION,
    run: { name: 'null', namespace: 'default', uid: 'null', instance: 'null' },
    model: { provider: 'echo', name: 'echo' },
    messages: [{ role: 'user', content: [{ type: 'text', text: question }], contentForm: 'string' }],
  };
  writeFileSync(join(folder, 'input.json'), JSON.stringify(input));
  const started = performance.now();
  const agent = spawn(process.execPath, [AGENT], {
    env: {
      SYMPOZIUM_RUN: 'null',
      SYMPOZIUM_ATTEMPT: 'null',
      SYMPOZIUM_INPUT: join(folder, 'input.json'),
      SYMPOZIUM_RESULT: join(folder, 'result'),
      SYMPOZIUM_RESULT_BYTES: '4096',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let first: number | undefined;
  agent.stdout.on('data', (chunk: Buffer) => {
    if (chunk.includes('"delta"')) first ??= performance.now() - started;
  });
  const [code] = (await once(agent, 'close')) as [number | null];
  const last = performance.now() - started;
  rmSync(folder, { recursive: true });
  if (code !== 0 || first === undefined) throw new Error(`the agent ended with ${code} and said nothing`);
  return { first, last };
}
