import type { Clock, Logger } from '@sympozium/process';
import { spawn, type ChildProcess } from 'node:child_process';

/** Holds the process groups that the node tells it of and ends them when the node's end of the pipe closes. */
const SCRIPT = `
trap '' INT TERM HUP
groups=
while read -r sign group; do
  case $sign in
    +) groups="$groups $group" ;;
    -) rest=; for g in $groups; do [ "$g" = "$group" ] || rest="$rest $g"; done; groups=$rest ;;
  esac
done
[ -z "$groups" ] && exit 0
for g in $groups; do kill -TERM -"$g" 2>/dev/null; done
sleep 1
for g in $groups; do kill -KILL -"$g" 2>/dev/null; done
exit 0
`;

/** Another one takes over from a guardian that somebody ended. */
const RESTART_MS = 1_000;

/**
 * One small process beside the node: whatever ends the node, a kill -9 too, closes the pipe, and no container outlives
 * it. One for all containers, so that a container's start costs no second process.
 */
export class Guardian {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #groups = new Set<number>();
  #process: ChildProcess | undefined;

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Logger }) {
    this.#clock = clock;
    this.#log = log;
  }

  /** The guardian's own process id, while it runs. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  start(): void {
    const child = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], env: {} });
    child.stdin?.on('error', () => {}); // it has ended: `exit` follows
    child.on('error', (error) => this.#log.error({ err: error }, 'no guardian: containers may outlive a killed node'));
    child.on('exit', () => {
      this.#clock.after(RESTART_MS, () => this.#process === child && this.start());
    });
    child.unref();
    this.#process = child;
    for (const group of this.#groups) this.#tell('+', group);
  }

  watch(group: number): void {
    this.#groups.add(group);
    this.#tell('+', group);
  }

  forget(group: number): void {
    this.#groups.delete(group);
    this.#tell('-', group);
  }

  /** Resolves when it has ended, and with it whatever it still held. */
  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child?.pid === undefined || child.exitCode !== null) return;
    await new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.stdin?.end();
    });
  }

  #tell(sign: '+' | '-', group: number): void {
    this.#process?.stdin?.write(`${sign} ${group}\n`);
  }
}
