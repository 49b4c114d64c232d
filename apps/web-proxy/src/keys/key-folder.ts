import type { Clock, Logger, Random, Runnable, Timer } from '@sympozium/process';
import { watch, type FSWatcher } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseKeyEntry, type KeyEntry } from './api-key.js';
import { KeyRing } from './key-ring.js';

export interface KeyFolderDependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** Not every file system tells of changes; a kubelet swaps a Secret's files about once a minute. */
const POLL_MS = 10_000;
/** A Secret's files are swapped in several steps. */
const SETTLE_MS = 100;

/** The API keys of a folder, read again whenever it changes. */
export class KeyFolder implements Runnable {
  readonly name = 'key folder';
  readonly #path: string;
  readonly #dependencies: KeyFolderDependencies;
  readonly #salt: Uint8Array;
  #ring: KeyRing;
  /** What the ring was made from, to know whether anything changed. */
  #content = '';
  #complaint = '';
  #watcher: FSWatcher | undefined;
  #timer: Timer | undefined;
  #reading: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(path: string, dependencies: KeyFolderDependencies) {
    this.#path = path;
    this.#dependencies = dependencies;
    this.#salt = dependencies.random.bytes(32);
    this.#ring = new KeyRing([], this.#salt);
  }

  /** The keys as they are now. */
  get ring(): KeyRing {
    return this.#ring;
  }

  async start(): Promise<void> {
    this.#stopped = false;
    await this.#read();
    this.#watch();
    this.#readAfter(POLL_MS);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#watcher?.close();
    this.#timer?.cancel();
    await this.#reading;
  }

  #watch(): void {
    try {
      this.#watcher = watch(this.#path, () => this.#readAfter(SETTLE_MS));
      this.#watcher.on('error', () => this.#watcher?.close()); // polling goes on
    } catch (error) {
      this.#dependencies.log.debug({ err: error }, 'the key folder cannot be watched, it is polled');
    }
  }

  #readAfter(delayMs: number): void {
    if (this.#stopped) return;
    this.#timer?.cancel();
    this.#timer = this.#dependencies.clock.after(delayMs, () => {
      this.#reading = this.#reading.then(() => this.#read()).then(() => this.#readAfter(POLL_MS));
    });
  }

  /** A folder that cannot be read leaves the keys as they were. */
  async #read(): Promise<void> {
    const { log } = this.#dependencies;
    try {
      const files = await readFiles(this.#path);
      const content = JSON.stringify(files);
      this.#complaint = '';
      if (content === this.#content) return;
      this.#content = content;
      this.#ring = new KeyRing(this.#parse(files), this.#salt);
      if (this.#ring.size === 0) log.error({ folder: this.#path }, 'there is no API key: every request is refused');
      else log.info({ keys: this.#ring.size }, 'API keys loaded');
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.#complaint) log.error({ err: error, folder: this.#path }, 'the API keys cannot be read');
      this.#complaint = message;
    }
  }

  #parse(files: readonly (readonly [name: string, content: string])[]): KeyEntry[] {
    return files.flatMap(([name, content]) => {
      try {
        return [parseKeyEntry(name, content)];
      } catch (error) {
        this.#dependencies.log.error({ entry: name, problem: (error as Error).message }, 'API key refused');
        return [];
      }
    });
  }
}

async function readFiles(folder: string): Promise<[string, string][]> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
  return Promise.all(
    names.map(async (name): Promise<[string, string]> => [name, await readFile(join(folder, name), 'utf8')]),
  );
}
