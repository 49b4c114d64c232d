import { execFile, spawn } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { promisify } from 'node:util';
import { SympoziumError } from '@sympozium/api';
import { commandInNode, CONTAINERD_SOCKET } from './node-config.js';

const run = promisify(execFile);
const OUTPUT_BYTES = 64 * 1024 * 1024;

/** A container of a Pod. */
export interface NodeContainer {
  readonly id: string;
  readonly namespace: string;
  readonly pod: string;
  /** Its name in the Pod; absent for the Pod’s sandbox. */
  readonly name?: string;
  readonly image: string;
}

/** The node’s containerd, through its own client. */
export class Containerd {
  readonly #enter: readonly string[];

  /** `enter`: a node’s. */
  constructor(enter: readonly string[]) {
    this.#enter = enter;
  }

  async isReady(): Promise<boolean> {
    return this.#ctr('version').then(
      () => true,
      () => false,
    );
  }

  /** Takes every image of an OCI archive, under the names that the archive gives them. */
  async importImage(archive: string): Promise<void> {
    const [program, ...args] = this.#command('images', 'import', '--local', '--no-unpack=false', '-');
    const file = openSync(archive, 'r');
    const child = spawn(program, args, { stdio: [file, 'ignore', 'pipe'] });
    closeSync(file);
    let errors = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (code !== 0)
      throw new SympoziumError('SETTING_INVALID', `containerd does not import ${archive}: ${errors.trim()}`);
  }

  /** Containers of Pods, sandboxes included, whether they run or not. */
  async containers(): Promise<readonly NodeContainer[]> {
    const ids = (await this.#ctr('containers', 'list', '--quiet')).split('\n').filter((id) => id !== '');
    const infos = await Promise.all(ids.map((id) => this.#ctr('containers', 'info', id).catch(() => undefined)));
    return infos.flatMap((info, i) => (info === undefined ? [] : [describeContainer(ids[i] ?? '', info)])); // else it went just now
  }

  async #ctr(...args: readonly string[]): Promise<string> {
    const [program, ...rest] = this.#command(...args);
    const { stdout } = await run(program, rest, { maxBuffer: OUTPUT_BYTES });
    return stdout;
  }

  #command(...args: readonly string[]): [string, ...string[]] {
    const connection = ['--address', CONTAINERD_SOCKET, '--namespace', 'k8s.io'];
    const [program = '', ...rest] = [...this.#enter, ...commandInNode('ctr', [...connection, ...args])];
    return [program, ...rest];
  }
}

/** What `ctr containers info` says of a container. */
export function describeContainer(id: string, info: string): NodeContainer {
  const { Image, Labels = {} } = JSON.parse(info) as { Image: string; Labels?: Readonly<Record<string, string>> };
  const label = (name: string): string => Labels[`io.kubernetes.${name}`] ?? '';
  const name = label('container.name');
  return { id, namespace: label('pod.namespace'), pod: label('pod.name'), image: Image, ...(name && { name }) };
}
