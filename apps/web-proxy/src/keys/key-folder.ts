import type { Clock, Logger, Random, Timer } from '@sympozium/process';
import { watch, type FSWatcher } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NamedText } from './api-key.js';
import type { KeyRing } from './key-ring.js';
import type { KeySource } from './key-source.js';
import { LoadedKeys } from './loaded-keys.js';

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
export class KeyFolder implements KeySource {
  readonly name = 'key folder';
  readonly #path: string;
  readonly #dependencies: KeyFolderDependencies;
  readonly #keys: LoadedKeys;
  #complaint = '';
  #watcher: FSWatcher | undefined;
  #timer: Timer | undefined;
  #reading: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(path: string, dependencies: KeyFolderDependencies) {
    this.#path = path;
    this.#dependencies = dependencies;
    this.#keys = new LoadedKeys(`folder ${path}`, dependencies);
  }

  get ring(): KeyRing {
    return this.#keys.ring;
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
    try {
      this.#keys.load(await readFiles(this.#path));
      this.#complaint = '';
    } catch (error) {
      const { message } = error as Error;
      if (message === this.#complaint) return;
      this.#complaint = message;
      this.#dependencies.log.error({ err: error, folder: this.#path }, 'the API keys cannot be read');
    }
  }
}

/** A kubelet keeps folders of its own beside the files, `..data` and others. */
async function readFiles(folder: string): Promise<NamedText[]> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.'));
  return Promise.all(names.map(async (name): Promise<NamedText> => [name, await readFile(join(folder, name), 'utf8')]));
}
