import type { ApiObject } from '../api-object.js';
import type { Change } from './revision-store.js';

/** The changes of one turn of the event loop, which are committed together. */
export class Batch {
  readonly changes: Change[] = [];
  /** What these changes leave under their keys; undefined: nothing. */
  readonly newest = new Map<string, ApiObject | undefined>();
  /** Settled by `succeed` or `fail`. */
  readonly committed: Promise<void>;
  succeed: () => void = () => {};
  fail: (error: Error) => void = () => {};

  constructor() {
    this.committed = new Promise((resolve, reject) => {
      this.succeed = resolve;
      this.fail = reject;
    });
  }

  add(change: Change): void {
    this.changes.push(change);
    this.newest.set(change.key, change.type === 'DELETED' ? undefined : change.object);
  }
}
