import { join } from 'node:path';
import { Component } from '@sympozium/kube-assets';
import { Guardian } from '@sympozium/process';
import type { AddressPlan } from './address-plan.js';
import type { Namespaces } from './namespaces.js';
import { commandInNode, programArguments, type NodeProgram } from './node-config.js';

/** The programs of a node. They end with its namespaces. */
export class NodePrograms {
  /** Rejects when one of them ends by itself. */
  readonly failed: Promise<never>;
  readonly #namespaces: Namespaces;
  readonly #arguments: Readonly<Record<NodeProgram, readonly string[]>>;
  readonly #logs: string;
  readonly #guardian = new Guardian();
  readonly #ends: Promise<unknown>[] = [];
  #fail: (error: Error) => void = () => {};
  #stopping = false;

  /** `logs`: folder of what they write. */
  constructor(namespaces: Namespaces, plan: AddressPlan, logs: string) {
    this.#namespaces = namespaces;
    this.#arguments = programArguments(plan);
    this.#logs = logs;
    this.failed = new Promise((_, reject) => (this.#fail = reject));
    this.failed.catch(() => {}); // for whoever waits; nobody has to
    this.#guardian.start();
  }

  start(name: NodeProgram): void {
    const [program, ...enter] = this.#namespaces.node;
    const component = new Component({
      name,
      command: [program, ...enter, ...commandInNode(name, this.#arguments[name])],
      cwd: '/',
      logFile: join(this.#logs, `${name}.log`),
      guardian: this.#guardian,
    });
    const ended = component.ended.then((how) => {
      if (!this.#stopping) this.#fail(component.failure(how));
    });
    this.#ends.push(ended);
  }

  /** From now on they may end. */
  expectEnd(): void {
    this.#stopping = true;
  }

  /** Resolves when all have ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#ends);
    this.#guardian.stop();
  }
}
