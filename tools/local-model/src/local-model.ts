import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ModelFiles } from './ensure-model.js';

/** The model's name in requests. */
export const MODEL_NAME = 'smollm2';

/** A running llama.cpp server with a small model. */
export interface LocalModel {
  /** e.g. `http://127.0.0.1:40123/v1`. */
  readonly baseURL: string;
  /** How many of its places are working on an answer now. */
  busySlots(): Promise<number>;
  stop(): Promise<void>;
}

const SERVER = fileURLToPath(new URL('../server.py', import.meta.url));
const LISTENING = /^listening (http\S+)$/;

/** Starts the server on a port of loopback (0: a free one); it loads in about a second. It ends with this process. */
export async function startLocalModel({ python, model }: ModelFiles, port = 0): Promise<LocalModel> {
  const child = spawn(python, [SERVER, model, String(port), MODEL_NAME], { stdio: ['pipe', 'pipe', 'pipe'] });
  const exit = once(child, 'exit');
  const origin = await listening(child);
  return {
    baseURL: `${origin}/v1`,
    busySlots: async () => {
      const response = await fetch(`${origin}/slots`);
      const slots = (await response.json()) as { is_processing: boolean }[];
      return slots.filter((slot) => slot.is_processing).length;
    },
    stop: async () => {
      child.kill('SIGKILL'); // it holds nothing that a kinder end would save
      await exit;
    },
  };
}

async function listening(child: ChildProcess): Promise<string> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the model server ended with ${code}:\n${said.join('\n')}`)));
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line);
        said.splice(0, said.length - 20);
        const origin = LISTENING.exec(line)?.[1];
        if (origin !== undefined) resolve(origin);
      });
    }
  });
}
