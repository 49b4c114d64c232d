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

/**
 * One small process beside the node: whatever ends the node, a kill -9 too, closes the pipe, and no container outlives
 * it. One for all containers, so that a container's start costs no second process.
 */
export class Guardian {
  #process: ChildProcess | undefined;

  start(): void {
    const child = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], env: {} });
    child.stdin?.on('error', () => {}); // it was ended by somebody; the records of leftovers remain
    child.on('error', () => {});
    child.unref();
    this.#process = child;
  }

  watch(group: number): void {
    this.#process?.stdin?.write(`+ ${group}\n`);
  }

  forget(group: number): void {
    this.#process?.stdin?.write(`- ${group}\n`);
  }

  stop(): void {
    this.#process?.stdin?.end();
  }
}
