import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Guardian } from '@sympozium/process';
import { SOCKETS } from './arguments.js';
import { Component } from './component.js';
import type { Binary } from './find-kube-assets.js';
import type { Layout } from './layout.js';

/** In the order of stopping: nobody loses the one he talks to. The API server’s own patience would be a minute. */
const STOPS: readonly { readonly names: readonly Binary[]; readonly graceMs: number }[] = [
  { names: ['kube-scheduler', 'kube-controller-manager'], graceMs: 1_000 },
  { names: ['kube-apiserver'], graceMs: 2_000 },
  { names: ['etcd'], graceMs: 5_000 },
];

/** The programs of one control plane. None outlives this process, however that ends. */
export class Processes {
  /** Rejects when a program that is relied on ends by itself. */
  readonly failed: Promise<never>;
  readonly #layout: Layout;
  readonly #assets: string;
  readonly #enter: readonly string[];
  readonly #guardian = new Guardian();
  readonly #running = new Map<Binary, Component>();
  #fail: (error: Error) => void = () => {};
  #stopping = false;

  constructor(layout: Layout, assets: string, enter: readonly string[]) {
    this.#layout = layout;
    this.#assets = assets;
    this.#enter = enter;
    this.failed = new Promise((_, reject) => (this.#fail = reject));
    this.failed.catch(() => {}); // for whoever waits; nobody has to
    this.#guardian.start();
  }

  start(name: Binary, args: readonly string[]): Component {
    const [first = '', ...rest] = [...this.#enter, join(this.#assets, name)];
    const component = new Component({
      name,
      command: [first, ...rest, ...args],
      cwd: this.#layout.run,
      logFile: this.#layout.log(name),
      guardian: this.#guardian,
      ...(name === 'etcd'
        ? { hint: `If its data is damaged, delete ${this.#layout.data}: then the cluster is empty.` }
        : {}),
    });
    this.#running.set(name, component);
    return component;
  }

  /** From now on, the program’s end is a failure of the whole. */
  relyOn(component: Component): void {
    void component.ended.then((how) => {
      if (!this.#stopping) this.#fail(component.failure(how));
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    for (const { names, graceMs } of STOPS)
      await Promise.all(names.map((name) => this.#running.get(name)?.stop(graceMs)));
    this.#guardian.stop();
    for (const socket of SOCKETS) rmSync(this.#layout.runFile(socket), { force: true });
  }
}
