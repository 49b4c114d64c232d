const ERROR_LEVEL = 50;

/** What an app’s last log lines say, for a person: its last error, else its last plain lines. */
export function lastWords(lines: readonly string[]): string {
  const entries = lines.map(parseEntry);
  const error = entries.findLast((entry) => (entry?.level ?? 0) >= ERROR_LEVEL);
  if (error) return error.err?.message ?? error.msg ?? '';
  return lines.filter((_, i) => entries[i] === undefined).join('\n');
}

interface LogEntry {
  readonly level?: number;
  readonly msg?: string;
  readonly err?: { readonly message?: string };
}

/** A line of pino’s; nothing if it is any other text. */
export function parseEntry(line: string): LogEntry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as LogEntry;
  } catch {
    return undefined; // a cut or foreign line is plain text
  }
}
