/** A Markdown table; bars in cells are escaped, and an empty cell shows a dash. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

const cell = (text: string): string => (text === '' ? '–' : text.replaceAll('|', '\\|').replaceAll('\n', ' '));

export const code = (text: string): string => `\`${text}\``;

/** The first line of every generated document. */
export const GENERATED = '<!-- Generated from libs/api by `npm run generate`. -->';
