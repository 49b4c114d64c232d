import type { Logger as PinoLogger } from 'pino';

/** pino's logger: JSON lines on stdout, secrets redacted. */
export type Logger = PinoLogger;
