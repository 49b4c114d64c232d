import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { SympoziumError } from '@sympozium/api';

export interface ChildAppOptions {
  readonly name: string;
  /** The app’s bundle. */
  readonly bundle: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Takes everything the process writes. */
  readonly logFile: string;
  /** Called when the process ends without having been asked to. */
  readonly onExit: (reason: string) => void;
}

/** What an app logs in its line `ready`, e.g. the ports it took. */
export type ReadyLine = Readonly<Record<string, unknown>>;

const LAST_LINES = 5;

/** One of our apps as a process of its own, from its bundle. */
export class ChildApp {
  readonly #options: ChildAppOptions;
  readonly #process: ChildProcess;
  readonly #lastLines: string[] = [];
  #stopping = false;

  constructor(options: ChildAppOptions) {
    this.#options = options;
    this.#process = spawn(process.execPath, [options.bundle, ...options.args], {
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // a Ctrl-C reaches the command alone, which then stops its processes in order
    });
    this.#process.once('exit', (code, signal) => {
      if (!this.#stopping) options.onExit(this.#ended(code, signal));
    });
  }

  /** Resolves with the app’s `ready` log line; rejects when it ends before. */
  ready(): Promise<ReadyLine> {
    const log = createWriteStream(this.#options.logFile, { flags: 'a' });
    return new Promise((resolve, reject) => {
      this.#process.once('exit', (code, signal) =>
        reject(new SympoziumError('SETTING_INVALID', this.#ended(code, signal))),
      );
      for (const stream of [this.#process.stdout, this.#process.stderr]) {
        if (!stream) continue;
        createInterface({ input: stream }).on('line', (line) => {
          log.write(`${line}\n`);
          this.#remember(line);
          const ready = readyLine(line);
          if (ready) resolve(ready);
        });
      }
    });
  }

  /** SIGTERM, and SIGKILL after ten seconds. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exit = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    const kill = setTimeout(() => this.#process.kill('SIGKILL'), 10_000);
    await exit;
    clearTimeout(kill);
  }

  #remember(line: string): void {
    this.#lastLines.push(line);
    if (this.#lastLines.length > LAST_LINES) this.#lastLines.shift();
  }

  #ended(code: number | null, signal: NodeJS.Signals | null): string {
    const how = signal === null ? `exit code ${code ?? 'unknown'}` : signal;
    const said = this.#lastLines.length === 0 ? '' : ` Its last words:\n${this.#lastLines.join('\n')}\n`;
    return `the ${this.#options.name} ended (${how}).${said} Its log is ${this.#options.logFile}.`;
  }
}

function readyLine(line: string): ReadyLine | undefined {
  if (!line.startsWith('{') || !line.includes('"ready"')) return undefined;
  try {
    const parsed = JSON.parse(line) as { msg?: unknown };
    return parsed.msg === 'ready' ? (parsed as ReadyLine) : undefined;
  } catch {
    return undefined; // a cut or foreign line is log text, not a sign
  }
}
