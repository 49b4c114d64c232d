import { join } from 'node:path';

/** Where the parts of a control plane stand in its folder. */
export class Layout {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** The administrator’s. */
  get kubeconfig(): string {
    return join(this.folder, 'kubeconfig');
  }

  /** Names the process that runs the control plane. */
  get lock(): string {
    return join(this.folder, 'control-plane.lock');
  }

  /** etcd’s; the only thing that later starts need. */
  get data(): string {
    return join(this.folder, 'data');
  }

  /** Keys, tokens and configuration, made anew by every start; the working folder of the processes. */
  get run(): string {
    return join(this.folder, 'run');
  }

  runFile(name: string): string {
    return join(this.run, name);
  }

  /** Kubeconfig of a user. */
  userKubeconfig(user: string): string {
    return join(this.run, `${encodeURIComponent(user)}.kubeconfig`);
  }

  get logs(): string {
    return join(this.folder, 'logs');
  }

  log(process: string): string {
    return join(this.logs, `${process}.log`);
  }

  get auditLog(): string {
    return join(this.logs, 'audit.log');
  }
}
