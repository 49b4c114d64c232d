import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { SympoziumError } from '@sympozium/api';
import { JournaledStore, type StoreOptions } from './journaled-store.js';
import { LibsqlJournal, unusable } from './libsql-journal.js';
import type { RevisionStore } from './revision-store.js';

export interface DurableStoreOptions extends StoreOptions {
  /** The database's path. */
  readonly file: string;
}

/**
 * A store in a file: what an `update` has resolved with survives the process and the machine's power. Throws
 * `STATE_IN_USE` where another process has the file, `STATE_UNUSABLE` where it is broken or of another version.
 */
export function openDurableStore({ file, ...options }: DurableStoreOptions): RevisionStore {
  let journal: LibsqlJournal | undefined;
  try {
    createPrivately(file);
    journal = new LibsqlJournal(file);
    return new JournaledStore(journal, options);
  } catch (error) {
    journal?.abandon();
    throw failure(file, error);
  }
}

/** Secrets are in it: the file, and the log that libsql makes beside it with the same rights, are the user's alone. */
function createPrivately(file: string): void {
  if (existsSync(file)) return;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
  for (const folder of [dirname(file), dirname(dirname(file))]) syncFolder(folder);
}

/** A new file is there after a loss of power only once its folder is synced too. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function failure(file: string, error: unknown): SympoziumError {
  if (error instanceof SympoziumError) return error;
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (code !== 'SQLITE_BUSY') return unusable(file, String(message), error);
  const text = `the state in ${file} is in use by another process; stop that one, or take another folder with --data-dir`;
  return new SympoziumError('STATE_IN_USE', text, { cause: error });
}
