import { open } from 'node:fs/promises';

const MESSAGE_BYTES = 4096;
const LOG_BYTES = 2048;
const LOG_LINES = 80;
const COLUMNS = /^\S+ std(?:out|err) [FP] /;
const PIECE = /^\S+ std(?:out|err) P /;

/** The last 4,096 bytes of the termination message file; a missing file is no message. */
export const readTerminationMessage = (file: string): Promise<string> => tail(file, MESSAGE_BYTES);

/** The end of the log, for `FallbackToLogsOnError`: at most 2,048 bytes and 80 lines, without the log's own columns. */
export async function lastLogLines(logFile: string): Promise<string> {
  const records = (await tail(logFile, LOG_BYTES * 4)).split('\n').slice(0, -1);
  const said = records.map((record) => record.replace(COLUMNS, '') + (PIECE.test(record) ? '' : '\n')).join('');
  const lines = said.split('\n').slice(-LOG_LINES - 1);
  return Buffer.from(lines.join('\n')).subarray(-LOG_BYTES).toString('utf8');
}

async function tail(file: string, bytes: number): Promise<string> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!handle) return '';
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, bytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
