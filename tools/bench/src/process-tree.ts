import { readdirSync, readFileSync } from 'node:fs';

/** What a process and all that it started have used. */
export interface Usage {
  /** CPU time of those that live, since they began. */
  readonly cpuMs: number;
  /** Resident memory; what processes share counts for each of them. */
  readonly rssMiB: number;
  readonly processes: number;
}

interface Process {
  readonly id: number;
  readonly parent: number;
  readonly cpuMs: number;
  readonly rssMiB: number;
}

/** Of /proc/<pid>/stat, what follows the command’s name; https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html. */
const FIELD = { parent: 1, userTicks: 11, systemTicks: 12 } as const;
const TICK_MS = 10;

/** Usage of a process and its descendants, by Linux’ /proc. */
export function usageOf(root: number): Usage {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap(readProcess);
  const members = new Set([root]);
  for (let before = 0; before < members.size;) {
    before = members.size;
    for (const { id, parent } of all) if (members.has(parent)) members.add(id);
  }
  const found = all.filter(({ id }) => members.has(id));
  return {
    cpuMs: sum(found.map(({ cpuMs }) => cpuMs)),
    rssMiB: Math.round(sum(found.map(({ rssMiB }) => rssMiB))),
    processes: found.length,
  };
}

function readProcess(id: string): Process[] {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const of = (field: keyof typeof FIELD): number => fields[FIELD[field]] ?? 0;
    const rss = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'));
    const cpuMs = (of('userTicks') + of('systemTicks')) * TICK_MS;
    return [{ id: Number(id), parent: of('parent'), cpuMs, rssMiB: Number(rss?.[1] ?? 0) / 1024 }];
  } catch {
    return []; // it has ended
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
