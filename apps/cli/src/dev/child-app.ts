import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { SympoziumError } from '@sympozium/api';
import type { Guardian } from '@sympozium/process';
import { lastWords, parseEntry } from './last-words.js';

export interface ChildAppOptions {
  readonly name: string;
  /** The app’s bundle. */
  readonly bundle: string;
  readonly args: readonly string[];
  /** Over this process’s own environment, which credential plugins and proxies need. */
  readonly env: Readonly<Record<string, string>>;
  /** Takes everything the process writes. */
  readonly logFile: string;
  readonly guardian: Guardian;
}

/** What an app logs in its line `ready`, e.g. the ports it took. */
export type ReadyLine = Readonly<Record<string, unknown>>;

const LAST_LINES = 8;
const GRACE_MS = 10_000;

/** One of our apps as a process of its own, from its bundle. */
export class ChildApp {
  /** Resolves with the app’s `ready` log line; rejects when it ends before. */
  readonly ready: Promise<ReadyLine>;
  /** Rejects when the app ends without having been asked to. */
  readonly failed: Promise<never>;
  readonly #options: ChildAppOptions;
  readonly #process: ChildProcess;
  readonly #log: WriteStream;
  readonly #lastLines: string[] = [];
  readonly #ended: Promise<string>;
  #stopping = false;
  #running = true;

  constructor(options: ChildAppOptions) {
    this.#options = options;
    this.#log = createWriteStream(options.logFile, { flags: 'a' });
    this.#process = spawn(process.execPath, [options.bundle, ...options.args], {
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // a Ctrl-C reaches the command alone, which then stops its processes in order
    });
    this.#ended = this.#watchEnd();
    const failure = this.#ended.then((how) => (this.#stopping ? undefined : this.#failure(how)));
    this.failed = new Promise((_, reject) => void failure.then((error) => error && reject(error)));
    this.ready = new Promise((resolve, reject) => {
      void failure.then((error) => reject(error ?? new Error(`the ${options.name} was stopped`)));
      for (const stream of [this.#process.stdout, this.#process.stderr])
        if (stream) createInterface({ input: stream }).on('line', (line) => this.#see(line, resolve));
    });
    for (const promise of [this.failed, this.ready]) promise.catch(() => {}); // for whoever waits; nobody has to
  }

  /** SIGTERM, and SIGKILL after ten seconds. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (!this.#running) return;
    this.#process.kill('SIGTERM');
    const kill = setTimeout(() => this.#process.kill('SIGKILL'), GRACE_MS);
    await this.#ended;
    clearTimeout(kill);
  }

  /** Waits for the end of the process and of its output, so that its last words are known. */
  async #watchEnd(): Promise<string> {
    const { pid } = this.#process;
    const { guardian } = this.#options;
    if (pid !== undefined) guardian.watch(pid);
    const how = await new Promise<string>((resolve) => {
      this.#process.once('error', (error) => resolve(error.message));
      this.#process.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    this.#running = false;
    if (pid !== undefined) guardian.forget(pid);
    this.#log.end();
    return how;
  }

  #see(line: string, onReady: (line: ReadyLine) => void): void {
    this.#log.write(`${line}\n`);
    this.#lastLines.push(line);
    if (this.#lastLines.length > LAST_LINES) this.#lastLines.shift();
    const entry = parseEntry(line);
    if (entry?.msg === 'ready') onReady({ ...entry });
  }

  #failure(how: string): SympoziumError {
    const { name, logFile } = this.#options;
    const said = lastWords(this.#lastLines);
    const why = said === '' ? '' : `: ${said}`;
    return new SympoziumError('PROCESS_ENDED', `the ${name} ended (${how})${why}\nIts log is ${logFile}.`);
  }
}
