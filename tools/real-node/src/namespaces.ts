import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { SympoziumError } from '@sympozium/api';
import type { AddressPlan } from './address-plan.js';
import { MACHINE } from './names.js';
import { projectFile } from './project-file.js';

export interface NamespacesOptions {
  readonly folder: string;
  readonly bin: string;
}

/**
 * Process, mount and network namespaces of a node. They end, with every process in them, when `end` is called and when
 * this process ends, however that happens: what holds them waits on a pipe from here.
 */
export class Namespaces {
  readonly #holder: ChildProcess;
  readonly #pid: string;
  /** Resolves when they are gone, with what is wrong, if anything. */
  readonly ended: Promise<string | undefined>;

  private constructor(holder: ChildProcess, pid: string, ended: Promise<string | undefined>) {
    this.#holder = holder;
    this.#pid = pid;
    this.ended = ended;
  }

  static async create({ folder, bin }: NamespacesOptions): Promise<Namespaces> {
    const { cgroup, link, lock, claim } = MACHINE;
    const script = projectFile('scripts/hold.sh');
    const holder = spawn(script, [folder, bin, cgroup, link, lock, claim], {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    holder.stdin.on('error', () => {}); // it ended by itself: `ended` tells
    const errors: string[] = [];
    createInterface({ input: holder.stderr }).on('line', (line) => errors.push(line));
    const ended = new Promise<string | undefined>((resolve) => {
      holder.once('error', (error) => resolve(error.message));
      holder.once('close', () => resolve(errors.length === 0 ? undefined : errors.join('\n')));
    });
    const pid = new Promise<string>((resolve) => createInterface({ input: holder.stdout }).once('line', resolve));
    const failed = ended.then((why) => {
      throw new SympoziumError('PROCESS_ENDED', `the node’s namespaces cannot be made: ${why}`);
    });
    failed.catch(() => {}); // once the id is there, `ended` is for whoever asks
    return new Namespaces(holder, await Promise.race([pid, failed]), ended);
  }

  /** Joins them to this machine’s network. */
  async connect({ host, node, pods, services }: AddressPlan): Promise<void> {
    await promisify(execFile)(projectFile('scripts/network.sh'), [this.#pid, MACHINE.link, host, node, pods, services]);
  }

  /** Command that runs the program after it in the network of the node, as a process of this machine. */
  get network(): readonly [string, ...string[]] {
    return ['nsenter', '--target', this.#pid, '--net'];
  }

  /** Command that runs the program after it as a process of the node; one with the namespaces’ end. */
  get node(): readonly [string, ...string[]] {
    return ['nsenter', '--target', this.#pid, '--net', '--mount', '--pid'];
  }

  /** Ends them; resolves when they are gone, with what is wrong, if anything. */
  end(): Promise<string | undefined> {
    this.#holder.stdin?.end();
    return this.ended;
  }
}
