import { createLogger, type Logger } from '../logger.js';

/** A logger that says nothing. */
export const silentLogger = (): Logger => createLogger({ name: 'test', level: 'silent' });

/** A logger whose lines a test can read. */
export function recordingLogger(): { log: Logger; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  return { log: createLogger({ name: 'test', level: 'trace', destination }), lines };
}
