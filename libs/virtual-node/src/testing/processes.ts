import { existsSync, readdirSync, readFileSync } from 'node:fs';

const PROC = '/proc';
const hasProc = existsSync(`${PROC}/self/stat`);

/** Whether a process runs; one that has ended and was not yet waited for does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !hasProc || stateOf(pid).state !== 'Z';
  } catch {
    return false;
  }
}

/** How many files this process has open; 0 where the system does not say. */
export const openFiles = (): number => (hasProc ? readdirSync(`${PROC}/self/fd`).length : 0);

/** This process' children that have ended and were not waited for; none where the system does not say. */
export function zombies(): number[] {
  if (!hasProc) return [];
  const pids = readdirSync(PROC).map(Number).filter(Number.isInteger);
  return pids.filter((pid) => {
    try {
      const { state, parent } = stateOf(pid);
      return state === 'Z' && parent === process.pid;
    } catch {
      return false; // it has gone meanwhile
    }
  });
}

function stateOf(pid: number): { state: string | undefined; parent: number } {
  const stat = readFileSync(`${PROC}/${pid}/stat`, 'utf8');
  const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state, parent: Number(parent) };
}
