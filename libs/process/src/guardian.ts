import { spawn, type ChildProcess } from 'node:child_process';

/** Keeps the process groups it is told of, and ends them when its standard input closes. */
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

/**
 * One small process beside this one: whatever ends this one, a kill -9 too, closes the pipe between them, and then the
 * guardian ends every process group that it still watches: SIGTERM, and SIGKILL a second later.
 */
export class Guardian {
  #process: ChildProcess | undefined;

  start(): void {
    const child = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], env: {} });
    child.stdin?.on('error', () => {}); // somebody ended the guardian: then there is none, and all else goes on
    child.on('error', () => {});
    child.unref();
    this.#process = child;
  }

  /** `group`: process id of a child that was spawned `detached`. */
  watch(group: number): void {
    this.#process?.stdin?.write(`+ ${group}\n`);
  }

  forget(group: number): void {
    this.#process?.stdin?.write(`- ${group}\n`);
  }

  /** Ends the guardian, and what it still watches. */
  stop(): void {
    this.#process?.stdin?.end();
  }
}
