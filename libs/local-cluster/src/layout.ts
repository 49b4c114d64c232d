import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where the parts of a local cluster stand in its folder. */
export class Layout {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = resolve(folder);
  }

  create(): void {
    for (const path of [this.folder, this.data, this.run, this.logs]) mkdirSync(path, { recursive: true, mode: 0o700 });
  }

  /** The administrator's. */
  get kubeconfig(): string {
    return join(this.folder, 'kubeconfig');
  }

  /** What is stored: the one thing that later starts need. */
  get data(): string {
    return join(this.folder, 'data');
  }

  get database(): string {
    return join(this.data, 'objects.db');
  }

  /** Signs ServiceAccount tokens over restarts. */
  get signingKey(): string {
    return join(this.data, 'service-account.key');
  }

  /** Kubeconfigs and the kubelet's files, made anew by every start. */
  get run(): string {
    return join(this.folder, 'run');
  }

  runFile(name: string): string {
    return join(this.run, name);
  }

  /** What a Pod has in its ServiceAccount's folder, for a user. */
  userFile(user: string, name: string): string {
    return join(this.run, encodeURIComponent(user), name);
  }

  userKubeconfig(user: string): string {
    return this.runFile(`${encodeURIComponent(user)}.kubeconfig`);
  }

  get logs(): string {
    return join(this.folder, 'logs');
  }

  get auditLog(): string {
    return join(this.logs, 'audit.log');
  }
}
