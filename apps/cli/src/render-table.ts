import Table from 'cli-table3';

const BORDERLESS = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid'].flatMap((side) => [
    [side, ''],
    [`${side}-mid`, ''],
    [`${side}-left`, ''],
    [`${side}-right`, ''],
    [`mid-mid`, ''],
    ['middle', ''],
  ]),
);

/** Columns under their heads, as kubectl prints them. */
export function renderTable(head: string[], rows: readonly string[][]): string {
  const table = new Table({ head, chars: BORDERLESS, style: { head: [], 'padding-left': 0, 'padding-right': 2 } });
  table.push(...rows);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
