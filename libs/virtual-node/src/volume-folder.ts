import type { KubeClient } from '@sympozium/kube';
import type { Clock, Logger, Timer } from '@sympozium/process';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Pod } from './pod.js';
import type { TokenFile, VolumeContent } from './volumes.js';

export interface VolumeDependencies {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The kubelet asks for a new token when 80 % of the old one's life are over; retries come every ten seconds. */
const REFRESH_AT = 0.8;
const RETRY_MS = 10_000;

/** A Pod's volumes as folders; keeps their tokens fresh until it is closed. */
export class VolumeFolders {
  readonly #dependencies: VolumeDependencies;
  readonly #pod: Pod;
  readonly #folder: string;
  readonly #timers = new Set<Timer>();
  readonly #closed = new AbortController();

  constructor(dependencies: VolumeDependencies, pod: Pod, folder: string) {
    this.#dependencies = dependencies;
    this.#pod = pod;
    this.#folder = folder;
  }

  pathOf(volume: string): string {
    return join(this.#folder, volume);
  }

  /** Writes one volume; its tokens are asked for side by side. */
  async write(volume: string, { files, tokens }: VolumeContent): Promise<void> {
    const folder = this.pathOf(volume);
    await mkdir(folder, { recursive: true });
    await Promise.all([
      ...files.map(({ path, content, mode }) => put(join(folder, path), content, mode)),
      ...tokens.map((token) => this.#writeToken(folder, token)),
    ]);
  }

  close(): void {
    this.#closed.abort();
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  async #writeToken(folder: string, token: TokenFile): Promise<void> {
    const { clock } = this.#dependencies;
    const { value, expires } = await this.#requestToken(token);
    await put(join(folder, token.path), Buffer.from(value), token.mode);
    this.#refreshAfter((expires - clock.now()) * REFRESH_AT, folder, token);
  }

  #refreshAfter(delayMs: number, folder: string, token: TokenFile): void {
    if (this.#closed.signal.aborted) return;
    const timer = this.#dependencies.clock.after(Math.max(delayMs, RETRY_MS), () => {
      this.#timers.delete(timer);
      this.#writeToken(folder, token).catch((error: unknown) => {
        if (this.#closed.signal.aborted) return;
        this.#dependencies.log.warn({ err: error, pod: this.#pod.metadata.name }, 'token not refreshed, trying again');
        this.#refreshAfter(RETRY_MS, folder, token);
      });
    });
    this.#timers.add(timer);
  }

  async #requestToken({ audience, expirationSeconds }: TokenFile): Promise<{ value: string; expires: number }> {
    const { name, namespace = 'default', uid } = this.#pod.metadata;
    const account = this.#pod.spec.serviceAccountName ?? 'default';
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
    const request = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        audiences: audience ? [audience] : [],
        expirationSeconds,
        boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name, uid },
      },
    };
    const answer = await this.#dependencies.client.raw('POST', path, request, { signal: this.#closed.signal });
    const { token, expirationTimestamp } = (answer as { status: { token: string; expirationTimestamp: string } })
      .status;
    return { value: token, expires: Date.parse(expirationTimestamp) };
  }
}

/** Replaces a file as a whole: a reader sees the old content or the new. */
async function put(file: string, content: Buffer, mode: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const next = `${file}.next`;
  await writeFile(next, content, { mode });
  await rename(next, file);
}
