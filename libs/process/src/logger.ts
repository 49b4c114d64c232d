import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';

/** pino's logger: JSON lines on stdout, secrets redacted. */
export type Logger = PinoLogger;

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Where a secret could stand in a logged object; its value is replaced, wherever on the first three levels. */
const SECRET_FIELDS = ['authorization', 'apiKey', 'api-key', 'token', 'password', 'secret', 'cookie', 'set-cookie'];
const SECRET_PATHS = ['', '*.', '*.*.'].flatMap((prefix) =>
  SECRET_FIELDS.map((field) => (field.includes('-') ? `${prefix.slice(0, -1)}["${field}"]` : `${prefix}${field}`)),
);

/** Keys and bearer tokens inside texts, such as an error’s message. */
const SECRET_TEXT = /\b(sk-[A-Za-z0-9_-]{8})[A-Za-z0-9_-]+|\b(Bearer\s+)[A-Za-z0-9._~+/=-]+/g;

const withoutSecrets = (text: string): string =>
  text.replace(SECRET_TEXT, (_, key?: string, bearer?: string) => (key ? `${key.slice(0, 3)}…` : `${bearer ?? ''}…`));

export interface LoggerOptions {
  readonly name: string;
  readonly level?: LogLevel;
  /** Default: stdout, written synchronously so that nothing is lost at exit. */
  readonly destination?: DestinationStream;
}

/** A logger that writes one JSON object a line and never a secret. */
export function createLogger({ name, level = 'info', destination }: LoggerOptions): Logger {
  const safe: DestinationStream = {
    write: (line) => (destination ?? process.stdout).write(withoutSecrets(line)),
  };
  return pino({ name, level, redact: { paths: SECRET_PATHS, censor: '[redacted]' } }, safe);
}
