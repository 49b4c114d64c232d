import { AGENT_ENV, LIMIT } from '@sympozium/api';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FrameLines } from '../frame-lines.js';
import type { Frame } from '../frames.js';

/** How an agent is started: its command, as `spec.agent.command` would have it. */
export interface AgentCommand {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What an agent is started with. */
export interface AgentStart {
  /** The input file's bytes. */
  readonly input: string;
  readonly resultBytes?: number;
  readonly stream?: { readonly url: string; readonly token: string };
}

/** How an agent ended. */
export interface AgentEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly frames: readonly Frame[];
  /** The termination message; undefined if there is none. */
  readonly message: string | undefined;
  readonly stderr: string;
}

/** The uid that the kit gives as the attempt. */
export const ATTEMPT = '6f9d1e1c-8a70-4a3b-9a43-5f4c0e1f0a77';

/** An agent that runs as in its Pod: the protocol's files and environment, and no other. */
export class AgentProcess {
  readonly frames: Frame[] = [];
  /** Resolves when the process is over and all its output is read. Its files are gone then. */
  readonly ended: Promise<AgentEnd>;
  readonly #child: ChildProcess;
  #stderr = '';
  #watchers: (() => void)[] = [];

  static async start(agent: AgentCommand, start: AgentStart): Promise<AgentProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'agent-'));
    await writeFile(join(folder, 'input.json'), start.input);
    await writeFile(join(folder, 'token'), start.stream?.token ?? '');
    // As a kubelet does: the file is there, and empty.
    await writeFile(join(folder, 'result'), '');
    return new AgentProcess(agent, start, folder);
  }

  private constructor({ command, env }: AgentCommand, start: AgentStart, folder: string) {
    const [file = '', ...args] = command;
    this.#child = spawn(file, args, {
      env: { PATH: process.env['PATH'], ...env, ...environment(start, folder) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines = new FrameLines();
    this.#child.stdout?.on('data', (bytes: Buffer) => this.#take(lines.push(bytes)));
    this.#child.stdout?.on('end', () => this.#take(lines.end()));
    this.#child.stderr?.on('data', (bytes: Buffer) => (this.#stderr += bytes.toString()));
    this.ended = this.#untilEnd(file, folder);
    // Whoever waits for a frame also learns of the end.
    this.ended.then(
      () => this.#take([]),
      () => this.#take([]),
    );
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Closes the reading side of the agent's stdout. */
  closeOutput(): void {
    this.#child.stdout?.destroy();
  }

  /** Resolves with the n-th frame of a type, counted from 1; rejects when the agent ends without it. */
  async frame(type: Frame['type'], n = 1): Promise<Frame> {
    for (;;) {
      const found = this.frames.filter((frame) => frame.type === type)[n - 1];
      if (found) return found;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        const { stderr } = await this.ended;
        throw new Error(`the agent ended without frame ${n} of type ${type}; stderr: ${stderr}`);
      }
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  #take(frames: readonly Frame[]): void {
    this.frames.push(...frames);
    for (const watcher of this.#watchers.splice(0)) watcher();
  }

  async #untilEnd(file: string, folder: string): Promise<AgentEnd> {
    try {
      const [exitCode, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
        this.#child.once('error', (cause) =>
          reject(new Error(`${file} cannot be started: is it installed?`, { cause })),
        );
        this.#child.once('close', (...end) => resolve(end));
      });
      const message = await readFile(join(folder, 'result'), 'utf8');
      return { exitCode, signal, frames: this.frames, message: message || undefined, stderr: this.#stderr };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

const environment = ({ resultBytes, stream }: AgentStart, folder: string): Record<string, string> => ({
  [AGENT_ENV.run]: 'conformance',
  [AGENT_ENV.attempt]: ATTEMPT,
  [AGENT_ENV.input]: join(folder, 'input.json'),
  [AGENT_ENV.result]: join(folder, 'result'),
  [AGENT_ENV.resultBytes]: String(resultBytes ?? LIMIT.terminationMessage),
  ...(stream && { [AGENT_ENV.streamUrl]: stream.url, [AGENT_ENV.tokenFile]: join(folder, 'token') }),
});
