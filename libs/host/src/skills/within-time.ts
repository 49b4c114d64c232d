import { createContext, Script } from 'node:vm';

const context = createContext({});
const call = new Script('work()');

/**
 * What `work` returns. Ended by force after `ms`, whatever it does: a regular expression that backtracks, a recursion
 * that doubles. Throws what `work` throws, or an `Error` that says how long it was given.
 */
export function withinTime<T>(ms: number, work: () => T): T {
  context['work'] = work;
  try {
    return call.runInContext(context, { timeout: ms }) as T;
  } catch (cause) {
    if (isTimeout(cause)) throw new Error(`took longer than ${ms} ms`, { cause });
    throw cause;
  } finally {
    delete context['work'];
  }
}

const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
