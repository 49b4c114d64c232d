import type { KubeClient } from '@sympozium/kube';
import type { Clock, Logger, Timer } from '@sympozium/process';
import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AtomicFolder } from './atomic-folder.js';
import type { PodPlace } from './downward.js';
import { PlainFolder, type FileFolder } from './file-folder.js';
import { namespaceOf, type Pod } from './pod.js';
import { asProjected } from './projected-volume.js';
import type { SourceWatches } from './source-watches.js';
import { readSources, volumeSources, type Sources } from './sources.js';
import { StartObstacle } from './start-obstacle.js';
import { requestToken } from './token-request.js';
import { volumeContent, type TokenFile, type VolumeContent, type VolumeFile } from './volumes.js';

export interface VolumeDependencies {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly watches: SourceWatches;
}

/** One volume as it is now. */
interface Filled {
  readonly folder: FileFolder;
  readonly tokens: Map<string, VolumeFile>;
  files: readonly VolumeFile[];
}

/** The kubelet asks for a new token when 80 % of the old one's life are over. */
const TOKEN_AGE = 0.8;
const RETRY_MS = 10_000;

/**
 * A Pod's volumes as folders; until it is closed their tokens are kept fresh, and they follow the ConfigMaps and Secrets
 * that they are made of.
 */
export class VolumeFolders {
  readonly #dependencies: VolumeDependencies;
  readonly #pod: Pod;
  readonly #place: PodPlace;
  readonly #folder: string;
  readonly #volumes = new Map<string, Filled>();
  readonly #timers = new Map<string, Timer>();
  readonly #unfollow: (() => void)[] = [];
  readonly #closed = new AbortController();
  /** By kind and name, what the volumes were last made of. */
  #versions: ReadonlyMap<string, string | undefined> = new Map();
  #refreshing = false;
  #changed = false;

  constructor(dependencies: VolumeDependencies, pod: Pod, place: PodPlace, folder: string) {
    this.#dependencies = dependencies;
    this.#pod = pod;
    this.#place = place;
    this.#folder = folder;
    rmSync(folder, { recursive: true, force: true }); // what a former life of the node left
  }

  pathOf(volume: string): string {
    return join(this.#folder, volume);
  }

  /** Writes every volume; its tokens are asked for side by side. */
  async write(sources: Sources): Promise<void> {
    const contents = this.#contents(sources);
    await Promise.all(contents.map(([name, content]) => this.#fill(name, content)));
    this.#follow(sources);
  }

  /** Ends the refreshing. */
  close(): void {
    this.#closed.abort();
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    for (const end of this.#unfollow.splice(0)) end();
  }

  /** Removes the folders, with all that was secret in them. */
  async remove(): Promise<void> {
    this.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #contents(sources: Sources): [string, VolumeContent][] {
    const input = { pod: this.#pod, place: this.#place, sources };
    return (this.#pod.spec.volumes ?? []).map((volume) => [volume.name, volumeContent(volume, input)]);
  }

  async #fill(name: string, { files, tokens }: VolumeContent): Promise<void> {
    const folder = this.#volumes.get(name)?.folder ?? this.#newFolder(name);
    const volume: Filled = { folder, files, tokens: new Map() };
    this.#volumes.set(name, volume);
    await Promise.all(tokens.map((token) => this.#renew(name, volume, token)));
    this.#put(volume);
  }

  /** What objects hold belongs together. */
  #newFolder(name: string): FileFolder {
    const volume = this.#pod.spec.volumes?.find((candidate) => candidate.name === name);
    const sources = (volume && asProjected(volume)?.sources) ?? [];
    const hasObjects = sources.some(({ configMap, secret }) => configMap ?? secret);
    return new (hasObjects ? AtomicFolder : PlainFolder)(this.pathOf(name));
  }

  #put({ folder, files, tokens }: Filled): void {
    folder.write([...files, ...tokens.values()]);
  }

  /** Asks for a token, and for the next one when it is time. */
  async #renew(name: string, volume: Filled, token: TokenFile): Promise<void> {
    const { client, clock } = this.#dependencies;
    const { value, expires } = await requestToken(client, this.#pod, token, this.#closed.signal);
    volume.tokens.set(token.path, { path: token.path, mode: token.mode, content: Buffer.from(value) });
    const age = Math.max((expires - clock.now()) * TOKEN_AGE, RETRY_MS);
    this.#later(`${name}/${token.path}`, age, async () => {
      await this.#renew(name, volume, token);
      this.#put(volume);
    });
  }

  #follow(sources: Sources): void {
    if (this.#closed.signal.aborted) return;
    const { watches } = this.#dependencies;
    const mutable = sources.mutable(volumeSources(this.#pod));
    this.#versions = versionsOf(mutable);
    for (const { kind, name } of mutable) {
      const id = `${kind.plural}/${name}`;
      const end = watches.follow({ kind, name, namespace: namespaceOf(this.#pod) }, (version) => {
        if (this.#versions.get(id) !== version) this.#refresh();
      });
      this.#unfollow.push(end);
    }
  }

  /** One at a time; what changes meanwhile is read once more. */
  #refresh(): void {
    this.#changed = true;
    if (!this.#refreshing) void this.#refreshFiles();
  }

  async #refreshFiles(): Promise<void> {
    this.#refreshing = true;
    while (this.#changed && !this.#closed.signal.aborted) {
      this.#changed = false;
      try {
        await this.#readAgain();
      } catch (error) {
        this.#notRefreshed(error, 'sources', () => this.#refresh());
      }
    }
    this.#refreshing = false;
  }

  async #readAgain(): Promise<void> {
    const names = volumeSources(this.#pod);
    const sources = await readSources(this.#dependencies.client, this.#pod, names, this.#closed.signal);
    this.#versions = versionsOf(sources.mutable(names));
    for (const [name, { files }] of this.#contents(sources)) {
      const volume = this.#volumes.get(name);
      if (!volume) continue;
      volume.files = files;
      this.#put(volume);
    }
  }

  #later(key: string, delayMs: number, work: () => Promise<void>): void {
    if (this.#closed.signal.aborted) return;
    this.#timers.get(key)?.cancel();
    const run = (): void => {
      work().catch((error: unknown) => this.#notRefreshed(error, key, run));
    };
    this.#timers.set(key, this.#dependencies.clock.after(delayMs, run));
  }

  /** The files stay as they were. A missing object is waited for; whatever else is tried again. */
  #notRefreshed(error: unknown, key: string, again: () => void): void {
    if (this.#closed.signal.aborted) return;
    const { log, clock } = this.#dependencies;
    const fields = { err: error, pod: this.#pod.metadata.name, namespace: namespaceOf(this.#pod) };
    if (error instanceof StartObstacle) return log.warn(fields, 'volume not refreshed until that is there again');
    log.warn(fields, 'volume not refreshed, trying again');
    this.#timers.get(key)?.cancel();
    this.#timers.set(key, clock.after(RETRY_MS, again));
  }
}

const versionsOf = (sources: ReturnType<Sources['mutable']>): ReadonlyMap<string, string | undefined> =>
  new Map(sources.map(({ kind, name, version }) => [`${kind.plural}/${name}`, version]));
