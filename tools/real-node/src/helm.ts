import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SympoziumError } from '@sympozium/api';
import { helmPath } from '@sympozium/get-helm';

/** Where Helm works: an administrator’s kubeconfig, and a folder for what Helm keeps. */
interface Place {
  readonly kubeconfig: string;
  readonly folder: string;
}

/** Helm on a cluster and in one namespace, without what the user’s own Helm is set to. */
export class Helm {
  readonly #where: readonly string[];
  readonly #env: NodeJS.ProcessEnv;
  readonly #signal: AbortSignal | undefined;

  constructor({ kubeconfig, folder }: Place, namespace: string, signal?: AbortSignal) {
    const home = join(folder, 'helm');
    this.#where = [`--kubeconfig=${kubeconfig}`, `--namespace=${namespace}`];
    this.#env = { HOME: home, HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home };
    this.#signal = signal;
  }

  async run(command: string, ...args: readonly string[]): Promise<void> {
    const options = { env: this.#env, ...(this.#signal ? { signal: this.#signal } : {}) };
    try {
      await promisify(execFile)(await helmPath(), [command, ...args, ...this.#where], options);
    } catch (cause) {
      this.#signal?.throwIfAborted();
      const { stderr, message } = cause as { stderr?: string; message: string };
      throw new SympoziumError('PROCESS_ENDED', `helm ${command} failed: ${stderr || message}`, { cause });
    }
  }
}
