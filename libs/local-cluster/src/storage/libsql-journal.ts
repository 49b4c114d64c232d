import { SympoziumError } from '@sympozium/api';
import Database from 'libsql';
import type { ApiObject } from '../api-object.js';
import type { LogEntry } from './history.js';
import type { Entry, Journal } from './journal.js';
import type { Change } from './revision-store.js';

/** Of the tables below. */
const FORMAT = 1;

/**
 * Rows up to `compacted` are the objects as they were then, one each; rows after it are all changes since, `object`
 * being NULL for a deletion. So each change is written once, and a start reads one table from end to end.
 */
const TABLES = `
  CREATE TABLE store (format INTEGER NOT NULL, compacted INTEGER NOT NULL);
  CREATE TABLE changes (revision INTEGER PRIMARY KEY, key TEXT NOT NULL, object TEXT);
  INSERT INTO store VALUES (${FORMAT}, 0);
`;

/** Compaction goes along with a commit once there is so much for it, and then does no more than so much at a time. */
const MIN_FORGOTTEN = 256;
const MAX_FORGOTTEN = 1_024;
const PAGE = 1_000;

/** Of a change, without its object: reading that is most of the work, and most are not asked for. */
type Row = readonly [revision: number, key: string, isJson: 0 | 1 | null];

/** A change that may go, with the rows that only it needs. */
interface Forgotten {
  readonly revision: number;
  readonly rows: readonly number[];
}

/** A journal in a file that no other process may open meanwhile. */
export class LibsqlJournal implements Journal {
  readonly isVolatile = false;
  readonly #file: string;
  readonly #database: Database.Database;
  readonly #read: Database.Statement;
  readonly #insert: Database.Statement;
  readonly #delete: Database.Statement;
  readonly #setCompacted: Database.Statement;
  #compacted: number;
  #forgotten: Forgotten[] = [];

  constructor(file: string) {
    this.#file = file;
    this.#database = new Database(file);
    try {
      this.#compacted = this.#begin();
      this.#read = this.#database.prepare('SELECT object FROM changes WHERE revision = ?').raw();
      this.#insert = this.#database.prepare('INSERT INTO changes VALUES (?, ?, ?)');
      this.#delete = this.#database.prepare('DELETE FROM changes WHERE revision = ?');
      this.#setCompacted = this.#database.prepare('UPDATE store SET compacted = ?');
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  get compacted(): number {
    return this.#compacted;
  }

  /** How the connection writes, as it says itself. */
  get settings(): { readonly journalMode: unknown; readonly synchronous: unknown } {
    const read = (pragma: string): unknown => (this.#database.prepare(`PRAGMA ${pragma}`).raw().get() as unknown[])[0];
    return { journalMode: read('journal_mode'), synchronous: read('synchronous') };
  }

  *entries(): Generator<Entry> {
    const page = this.#database
      .prepare(
        `SELECT revision, key, json_valid(object) FROM changes WHERE revision > ? ORDER BY revision LIMIT ${PAGE}`,
      )
      .raw();
    let last = 0;
    for (let rows = page.all(last) as Row[]; rows.length > 0; rows = page.all(last) as Row[]) {
      for (const [revision, key, isJson] of rows) {
        if (revision > this.#compacted && revision !== Math.max(last, this.#compacted) + 1)
          throw unusable(this.#file, `the change before revision ${revision} is missing`);
        last = revision;
        if (isJson === 0) this.read(revision); // deeper than SQLite goes, or broken
        yield { revision, key, isDeletion: isJson === null };
      }
    }
  }

  read(revision: number): ApiObject {
    const [row] = this.#read.all(revision) as [object: string | null][];
    if (typeof row?.[0] !== 'string') throw unusable(this.#file, `the object of revision ${revision} is missing`);
    try {
      return JSON.parse(row[0]) as ApiObject;
    } catch (error) {
      throw unusable(this.#file, `the object of revision ${revision} is no JSON`, error);
    }
  }

  append(changes: readonly Change[]): void {
    const forgotten = this.#forgotten.length < MIN_FORGOTTEN ? [] : this.#forgotten.slice(0, MAX_FORGOTTEN);
    this.#transaction(() => {
      for (const { revision, key, type, object } of changes)
        this.#insert.run(revision, key, type === 'DELETED' ? null : JSON.stringify(object));
      this.#compact(forgotten);
    });
    this.#forgotten.splice(0, forgotten.length);
  }

  forget(changes: readonly LogEntry[]): void {
    for (const { revision, version, previous } of changes) {
      const replaced = previous ? [previous.revision] : [];
      this.#forgotten.push({ revision, rows: version ? replaced : [...replaced, revision] });
    }
  }

  close(): void {
    this.#transaction(() => this.#compact(this.#forgotten));
    this.#forgotten = [];
    this.#release();
  }

  /** Lets go of a file that is of no use. */
  abandon(): void {
    try {
      this.#release();
    } catch {
      this.#database.close(); // what is wrong with the file was said already
    }
  }

  /** Leaves one file, without a lock: the connection itself lives on as long as any statement of it. */
  #release(): void {
    this.#database.pragma('journal_mode = DELETE');
    this.#database.pragma('locking_mode = NORMAL');
    this.#database.prepare('SELECT name FROM sqlite_schema').raw().all(); // the lock goes with the next access
    this.#database.close();
  }

  /** Takes the file, and makes it if it is new; returns the revision up to which it is compacted. */
  #begin(): number {
    this.#database.pragma('locking_mode = EXCLUSIVE');
    this.#database.pragma('journal_mode = WAL');
    this.#database.pragma('synchronous = FULL'); // an fsync a commit
    const tables = this.#database.prepare('SELECT name FROM sqlite_schema').raw().all();
    if (tables.length === 0) this.#transaction(() => this.#database.exec(TABLES));
    const rows = this.#database.prepare('SELECT format, compacted FROM store').raw().all();
    const [format, compacted = 0] = (rows[0] ?? []) as number[];
    if (format === FORMAT) return compacted;
    if (format === undefined) throw unusable(this.#file, 'it does not say its format');
    throw unusable(this.#file, `it has format ${format}, and this version of Sympozium reads format ${FORMAT}`);
  }

  #compact(forgotten: readonly Forgotten[]): void {
    const last = forgotten.at(-1);
    if (!last) return;
    for (const { rows } of forgotten) for (const revision of rows) this.#delete.run(revision);
    this.#setCompacted.run(last.revision);
  }

  #transaction(run: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      run();
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

export const unusable = (file: string, why: string, cause?: unknown): SympoziumError =>
  new SympoziumError(
    'STATE_UNUSABLE',
    `the state in ${file} cannot be used: ${why}; start with --fresh to forget it, or remove its folder`,
    { cause },
  );
