/** One measured figure, as `--json` writes it. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What is to be reached; absent where the figure only explains another. */
  readonly goal?: Goal;
  /** How many samples it is made of. */
  readonly n: number;
  /** What else was going on. */
  readonly load: string;
}

export type Goal = { readonly atMost: number } | { readonly atLeast: number } | { readonly exactly: number };

/** Counts must be reached; times only tell, since they depend on the machine. */
export const isCount = ({ unit }: Figure): boolean => unit === 'writes';

export function isReached({ value, goal }: Figure): boolean {
  if (goal === undefined) return true;
  if ('atMost' in goal) return value <= goal.atMost;
  if ('atLeast' in goal) return value >= goal.atLeast;
  return value === goal.exactly;
}

export function goalText(goal: Goal | undefined): string {
  if (goal === undefined) return '';
  if ('atMost' in goal) return `≤ ${goal.atMost}`;
  return 'atLeast' in goal ? `≥ ${goal.atLeast}` : `= ${goal.exactly}`;
}

/** The q-quantile (0 to 1) of samples, by nearest rank, to a tenth. */
export function quantile(samples: readonly number[], q: number): number {
  if (samples.length === 0) throw new RangeError('no samples');
  const sorted = [...samples].sort((a, b) => a - b);
  const rank = Math.max(0, Math.ceil(q * sorted.length) - 1);
  return Math.round((sorted[rank] ?? 0) * 10) / 10;
}
