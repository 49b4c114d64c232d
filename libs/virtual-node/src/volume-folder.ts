import type { KubeClient } from '@sympozium/kube';
import type { Clock, Logger, Timer } from '@sympozium/process';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PodPlace } from './downward.js';
import { namespaceOf, type Pod } from './pod.js';
import { readSources, volumeSources, type Sources } from './sources.js';
import { requestToken } from './token-request.js';
import { volumeContent, type TokenFile, type VolumeFile } from './volumes.js';

export interface VolumeDependencies {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The kubelet asks for a new token when 80 % of the old one's life are over, and looks at objects about once a minute. */
const TOKEN_AGE = 0.8;
const LOOK_AGAIN_MS = 60_000;
const RETRY_MS = 10_000;
/** Who else uses the machine reads none of it, whatever the Pod says. */
const OWNER = 0o700;

/**
 * A Pod's volumes as folders; their tokens and what may change in them are kept fresh until it is closed. Files are
 * written synchronously: they are few and small, and a dozen trips through the thread pool take longer than all of it.
 */
export class VolumeFolders {
  readonly #dependencies: VolumeDependencies;
  readonly #pod: Pod;
  readonly #place: PodPlace;
  readonly #folder: string;
  readonly #written = new Set<string>();
  readonly #timers = new Map<string, Timer>();
  readonly #closed = new AbortController();

  constructor(dependencies: VolumeDependencies, pod: Pod, place: PodPlace, folder: string) {
    this.#dependencies = dependencies;
    this.#pod = pod;
    this.#place = place;
    this.#folder = folder;
  }

  pathOf(volume: string): string {
    return join(this.#folder, volume);
  }

  /** Writes every volume; its tokens are asked for side by side. */
  async write(sources: Sources): Promise<void> {
    const volumes = this.#contents(sources);
    for (const { folder, files } of volumes) {
      mkdirSync(folder, { recursive: true, mode: OWNER });
      for (const file of files) this.#put(folder, file);
    }
    await Promise.all(volumes.flatMap(({ folder, tokens }) => tokens.map((token) => this.#putToken(folder, token))));
    this.#lookAgain(sources);
  }

  /** Ends the refreshing. */
  close(): void {
    this.#closed.abort();
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  /** Removes the folders, with all that was secret in them. */
  async remove(): Promise<void> {
    this.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #contents(sources: Sources) {
    const input = { pod: this.#pod, place: this.#place, sources };
    const volumes = this.#pod.spec.volumes ?? [];
    return volumes.map((volume) => ({ folder: this.pathOf(volume.name), ...volumeContent(volume, input) }));
  }

  #lookAgain(sources: Sources): void {
    if (sources.mutable(volumeSources(this.#pod))) this.#later('sources', LOOK_AGAIN_MS, () => this.#refreshFiles());
  }

  async #refreshFiles(): Promise<void> {
    const { client } = this.#dependencies;
    const sources = await readSources(client, this.#pod, volumeSources(this.#pod), this.#closed.signal);
    const wanted = this.#contents(sources).flatMap(({ folder, files }) => files.map((file) => ({ folder, file })));
    for (const { folder, file } of wanted) this.#put(folder, file);
    const paths = new Set(wanted.map(({ folder, file }) => join(folder, file.path)));
    const gone = [...this.#written].filter((path) => !paths.has(path));
    for (const path of gone) {
      rmSync(path, { force: true });
      this.#written.delete(path);
    }
    this.#lookAgain(sources);
  }

  #put(folder: string, file: VolumeFile): void {
    const path = join(folder, file.path);
    const known = this.#written.has(path);
    if (known && readFileSync(path).equals(file.content)) return;
    this.#write(folder, file, known);
    this.#written.add(path);
  }

  async #putToken(folder: string, token: TokenFile, again = false): Promise<void> {
    const { client, clock } = this.#dependencies;
    const { value, expires } = await requestToken(client, this.#pod, token, this.#closed.signal);
    this.#write(folder, { ...token, content: Buffer.from(value) }, again);
    const age = Math.max((expires - clock.now()) * TOKEN_AGE, RETRY_MS);
    this.#later(join(folder, token.path), age, () => this.#putToken(folder, token, true));
  }

  /** A file that is there is replaced as a whole: a reader sees the old content or the new. */
  #write(folder: string, { path, content, mode }: VolumeFile, replace: boolean): void {
    const file = join(folder, path);
    const options = { mode: mode & OWNER };
    if (path.includes('/')) mkdirSync(dirname(file), { recursive: true, mode: OWNER });
    if (!replace) return writeFileSync(file, content, options);
    const next = `${file}.next`;
    rmSync(next, { force: true });
    writeFileSync(next, content, options);
    renameSync(next, file);
  }

  #later(key: string, delayMs: number, work: () => Promise<void>): void {
    if (this.#closed.signal.aborted) return;
    const { clock, log } = this.#dependencies;
    this.#timers.get(key)?.cancel();
    const timer = clock.after(delayMs, () => {
      work().catch((error: unknown) => {
        if (this.#closed.signal.aborted) return;
        const { name } = this.#pod.metadata;
        log.warn({ err: error, pod: name, namespace: namespaceOf(this.#pod) }, 'volume not refreshed, trying again');
        this.#later(key, RETRY_MS, work);
      });
    });
    this.#timers.set(key, timer);
  }
}
