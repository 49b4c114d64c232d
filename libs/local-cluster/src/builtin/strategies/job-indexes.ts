/** How many indexes a text such as `1,3-5` names, of a Job with so many; why, if it is none. */
export function countIndexes(text: string, completions: number): number | string {
  if (text === '') return 0;
  let total = 0;
  let last: number | undefined;
  for (const interval of text.split(',')) {
    const found = parseInterval(interval, completions);
    if (typeof found === 'string') return found;
    const [first, end] = found;
    if (last !== undefined && last >= first) return `non-increasing order, previous: ${last}, current: ${first}`;
    total += end - first + 1;
    last = end;
  }
  return total;
}

function parseInterval(interval: string, completions: number): readonly [first: number, last: number] | string {
  const parts = interval.split('-');
  if (parts.length > 2)
    return (
      `the fragment ${JSON.stringify(interval)} violates the requirement that an index interval can have at most two ` +
      "parts separated by '-'"
    );
  for (const part of parts) {
    if (!/^\+?\d+$/.test(part)) return `cannot convert string to integer for index: ${JSON.stringify(part)}`;
    if (Number(part) >= completions) return `too large index: ${JSON.stringify(part)}`;
  }
  const [first = 0, last = first] = parts.map(Number);
  if (parts.length === 2 && first >= last) return `non-increasing order, previous: ${first}, current: ${last}`;
  return [first, last];
}
