import type { Clock, Logger, Random } from '@sympozium/process';
import { closeSync, fstatSync, openSync, renameSync, rmSync, readdirSync, writeSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { uuidOf } from '../../uuid.js';
import type { AuditLog, AuditRecord } from '../auth.js';
import { auditEvent } from './audit-event.js';

export interface AuditLogFileOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Above it a new file begins, and one old one is kept. Default 200 MB. */
  readonly maxBytes?: number;
}

const MAX_BYTES = 200 * 1024 * 1024;

/** Who did what and when, one JSON line a request as the API server's own log; a line is written before its answer. */
export class AuditLogFile implements AuditLog {
  readonly #options: AuditLogFileOptions;
  readonly #ids = new WeakMap<object, string>();
  #file: number;
  #bytes: number;
  #failed = false;

  constructor(options: AuditLogFileOptions) {
    this.#options = options;
    this.#file = openSync(options.path, 'a', 0o600);
    this.#bytes = fstatSync(this.#file).size;
  }

  /** Does not throw: a full disk is logged once, and the API goes on as the real one does. */
  write(record: AuditRecord): void {
    const { clock, log, maxBytes = MAX_BYTES } = this.#options;
    const line = Buffer.from(`${goJson(auditEvent(record, this.#idOf(record), clock.now()))}\n`);
    try {
      if (this.#bytes > 0 && this.#bytes + line.length > maxBytes) this.#rotate();
      writeWhole(this.#file, line);
      this.#bytes += line.length;
      this.#failed = false;
    } catch (error) {
      if (!this.#failed) log.error({ err: error, path: this.#options.path }, 'the audit log cannot be written');
      this.#failed = true;
    }
  }

  close(): Promise<void> {
    if (this.#file >= 0) closeSync(this.#file);
    this.#file = -1;
    return Promise.resolve();
  }

  #idOf({ request }: AuditRecord): string {
    const known = request && this.#ids.get(request);
    if (known !== undefined) return known;
    const id = uuidOf(this.#options.random);
    if (request) this.#ids.set(request, id);
    return id;
  }

  /** `audit.log` becomes `audit-<time>.log`; what was kept before goes. */
  #rotate(): void {
    const { path, clock } = this.#options;
    const extension = extname(path);
    const prefix = `${basename(path, extension)}-`;
    for (const name of readdirSync(dirname(path))) {
      if (name.startsWith(prefix) && name.endsWith(extension)) rmSync(join(dirname(path), name), { force: true });
    }
    const time = new Date(clock.now()).toISOString().slice(0, -1).replaceAll(':', '-');
    renameSync(path, join(dirname(path), `${prefix}${time}${extension}`));
    const next = openSync(path, 'a', 0o600);
    closeSync(this.#file);
    this.#file = next;
    this.#bytes = 0;
  }
}

function writeWhole(file: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
}

const ESCAPES = /[<>&\u2028\u2029]/g;

/** JSON with the escapes that Go's encoder writes. */
const goJson = (value: unknown): string =>
  JSON.stringify(value).replace(ESCAPES, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
