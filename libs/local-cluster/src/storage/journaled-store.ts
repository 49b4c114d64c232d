import { ApiError, expired } from '../api-error.js';
import type { ApiObject } from '../api-object.js';
import { deepFreeze } from '../clone.js';
import { Batch } from './batch.js';
import { History, type LogEntry } from './history.js';
import type { Entry, Journal } from './journal.js';
import type { Change, Decision, RevisionStore } from './revision-store.js';
import { SortedMap } from './sorted-map.js';
import { Version } from './version.js';
import { isolated, Watchers } from './watchers.js';

export interface StoreOptions {
  /** How many changes are kept for watches and paging, default 10,000. */
  readonly history?: number;
}

const DEFAULT_HISTORY = 10_000;

/**
 * The objects in memory, over a journal. Updates of one turn of the event loop are committed together at its end: the
 * journal's cost (a sync of the disk) is theirs together, and nobody sees what is not in the journal. What an earlier
 * process left is read when it is asked for.
 */
export class JournaledStore implements RevisionStore {
  readonly #journal: Journal;
  readonly #objects = new SortedMap<Version>();
  readonly #history: History;
  readonly #watchers = new Watchers();
  readonly #onCommit = new Set<(revision: number) => void>();
  #batch: Batch | undefined;
  #closed = false;

  constructor(journal: Journal, { history = DEFAULT_HISTORY }: StoreOptions = {}) {
    this.#journal = journal;
    this.#history = new History(history, journal.compacted);
    for (const entry of journal.entries()) this.#replay(entry);
  }

  get revision(): number {
    return this.#history.revision;
  }

  get compacted(): number {
    return this.#history.compacted;
  }

  get(key: string): ApiObject | undefined {
    return this.#objects.get(key)?.object;
  }

  list(prefix: string, { at }: { readonly at?: number } = {}): readonly ApiObject[] {
    if (at === undefined || at >= this.revision)
      return Array.from(this.#objects.entries(prefix), ([, { object }]) => object);
    if (at < this.compacted) throw expired('The resourceVersion for the provided list is too old.');
    return this.#listAt(prefix, at);
  }

  async update(key: string, decide: (current: ApiObject | undefined) => Decision): Promise<ApiObject | undefined> {
    if (this.#closed) throw new ApiError(503, 'ServiceUnavailable', 'the API server is shutting down');
    const current = this.#batch?.newest.has(key) ? this.#batch.newest.get(key) : this.get(key);
    const result = this.#carryOut(key, current, decide(current));
    if (this.#batch?.newest.has(key)) await this.#batch.committed;
    return result;
  }

  watch(prefix: string, from: number, listener: (change: Change) => void): () => void {
    if (from < this.compacted) throw expired(`too old resource version: ${from} (${this.compacted})`);
    return this.#watchers.add(prefix, from, this.#changesSince(prefix, from), listener);
  }

  onCommit(listener: (revision: number) => void): () => void {
    this.#onCommit.add(listener);
    return () => void this.#onCommit.delete(listener);
  }

  compact(revision: number): void {
    this.#journal.forget(this.#history.forget(revision));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const pending = this.#batch?.committed;
    this.#commit();
    this.#journal.close();
    await pending;
  }

  /** Puts a decision into the batch; returns what `update` resolves with when that is committed. */
  #carryOut(key: string, current: ApiObject | undefined, decision: Decision): ApiObject | undefined {
    if (decision.action === 'keep' || (decision.action === 'remove' && !current)) return current;
    const batch = (this.#batch ??= this.#newBatch());
    const revision = this.revision + batch.changes.length + 1;
    const change =
      decision.action === 'store'
        ? changeOf(key, revision, current, decision.object)
        : changeOf(key, revision, current);
    batch.add(change);
    if (decision.action === 'remove' && decision.object) return deepFreeze(decision.object);
    return change.object;
  }

  #newBatch(): Batch {
    setImmediate(() => this.#commit());
    return new Batch();
  }

  #commit(): void {
    const batch = this.#batch;
    if (!batch) return;
    this.#batch = undefined;
    try {
      this.#journal.append(batch.changes);
    } catch (error) {
      return batch.fail(notStored(error));
    }
    for (const change of batch.changes) this.#apply(change);
    batch.succeed();
    for (const change of batch.changes) this.#watchers.tell(change);
    for (const listener of this.#onCommit) isolated(() => listener(this.revision));
  }

  #apply({ type, key, revision, object }: Change): void {
    this.#enter(key, revision, type === 'DELETED' ? undefined : new Version(revision, this.#journal, object));
  }

  #replay({ revision, key, isDeletion }: Entry): void {
    const version = isDeletion ? undefined : new Version(revision, this.#journal);
    if (revision > this.#journal.compacted) {
      const previous = this.#enter(key, revision, version);
      if (isDeletion && !previous) throw new Error(`nothing is under ${key} that revision ${revision} could delete`);
      previous?.release();
    } else if (version) this.#objects.set(key, version);
  }

  /** Makes a change the newest; returns what it replaces. */
  #enter(key: string, revision: number, version: Version | undefined): Version | undefined {
    const previous = this.#objects.get(key);
    if (version) this.#objects.set(key, version);
    else this.#objects.delete(key);
    const displaced = this.#history.push({ key, revision, ...(version && { version }), ...(previous && { previous }) });
    if (displaced) this.#journal.forget([displaced]);
    return previous;
  }

  *#changesSince(prefix: string, from: number): Generator<Change> {
    for (const entry of this.#history.since(from)) if (entry.key.startsWith(prefix)) yield remembered(entry);
  }

  /** What there is now, with the changes since then undone. */
  #listAt(prefix: string, at: number): ApiObject[] {
    const then = new Map<string, Version | undefined>();
    for (const { key, previous } of this.#history.backTo(at)) if (key.startsWith(prefix)) then.set(key, previous);
    const entries: (readonly [string, Version])[] = [];
    for (const entry of this.#objects.entries(prefix)) if (!then.has(entry[0])) entries.push(entry);
    for (const [key, version] of then) if (version) entries.push([key, version]);
    return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { object }]) => object);
  }
}

/** The change that an entry of the log stands for. */
function remembered({ key, revision, version, previous }: LogEntry): Change {
  return changeOf(key, revision, previous?.object, version?.object);
}

/** From what was to what is now; without an object: its deletion. */
function changeOf(key: string, revision: number, previous: ApiObject | undefined, object?: ApiObject): Change {
  const type = object ? (previous ? 'MODIFIED' : 'ADDED') : 'DELETED';
  const last = object ?? previous;
  if (!last) throw new Error(`nothing is under ${key} that revision ${revision} could delete`);
  const metadata = { ...last.metadata, resourceVersion: String(revision) };
  return { type, key, revision, object: deepFreeze({ ...last, metadata }), ...(previous && { previous }) };
}

function notStored(cause: unknown): ApiError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const error = new ApiError(500, 'InternalError', `Internal error occurred: the change could not be stored: ${why}`);
  error.cause = cause;
  return error;
}
