import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { buildSync } from 'esbuild';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApiObject } from '../api-object.js';
import { openDurableStore } from './durable-store.js';
import { LibsqlJournal } from './libsql-journal.js';
import type { RevisionStore } from './revision-store.js';

const PREFIX = '/core/configmaps/default/';

const put = (store: RevisionStore, name: string, value: unknown = 0): Promise<ApiObject | undefined> =>
  store.update(`${PREFIX}${name}`, () => ({
    action: 'store',
    object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, value },
  }));

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'durable-store-'));
  file = join(folder, 'data', 'objects.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Changes the file behind the store's back. */
function tamper(sql: string): void {
  const database = new Database(file);
  database.exec(sql);
  database.close();
}

const rowsOfFile = (): number => {
  const database = new Database(file);
  const [count] = database.prepare('SELECT count(*) FROM changes').raw().get() as [number];
  database.close();
  return count;
};

describe('a durable store', () => {
  it('syncs each commit, by the connection’s own words', () => {
    openDurableStoreFolder();
    const journal = new LibsqlJournal(file);
    expect(journal.settings).toEqual({ journalMode: 'wal', synchronous: 2 });
    journal.close();
  });

  it('finds everything again: objects, revision, history', async () => {
    const text = 'ä 😀 \u0000 \ud800 "\\';
    const before = openDurableStore({ file });
    await Promise.all([put(before, 'a', text), put(before, 'b')]);
    await put(before, 'a', [text, null, 1.5, { deep: [] }]);
    await before.update(`${PREFIX}b`, () => ({ action: 'remove' }));
    const [list, then] = [before.list('/'), before.list('/', { at: 2 })];
    await before.close();
    const after = openDurableStore({ file });
    expect([after.revision, after.compacted]).toEqual([4, 0]);
    expect(after.list('/')).toEqual(list);
    expect(after.list('/', { at: 2 })).toEqual(then);
    const changes: string[] = [];
    after.watch('/', 1, ({ type, revision, object, previous }) =>
      changes.push(`${type} ${revision} ${object.metadata.resourceVersion} ${previous?.metadata.resourceVersion}`),
    );
    expect(changes).toEqual(['ADDED 2 2 undefined', 'MODIFIED 3 3 1', 'DELETED 4 4 2']);
    expect((await put(after, 'c'))?.metadata.resourceVersion).toBe('5');
    await after.close();
  });

  it('takes up an object that nests deeper than SQLite follows', async () => {
    let deep: unknown = 'bottom';
    for (let level = 0; level < 1_300; level++) deep = [deep];
    const before = openDurableStore({ file });
    const written = await put(before, 'a', deep);
    await before.close();
    const after = openDurableStore({ file });
    expect(JSON.stringify(after.get(`${PREFIX}a`))).toBe(JSON.stringify(written));
    await after.close();
  });

  it('is one file that only its owner reads', async () => {
    const store = openDurableStore({ file });
    await put(store, 'a');
    const rights = readdirSync(join(folder, 'data')).map((name) => statSync(join(folder, 'data', name)).mode & 0o777);
    expect(rights).toEqual([0o600, 0o600]);
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
    await store.close();
    expect(readdirSync(join(folder, 'data'))).toEqual(['objects.db']);
  });

  it('keeps no more rows than its objects and its history need', async () => {
    const store = openDurableStore({ file, history: 100 });
    for (let round = 0; round < 20; round++)
      await Promise.all(Array.from({ length: 50 }, (_, number) => put(store, `${round % 2}-${number}`, round)));
    await Promise.all(
      Array.from({ length: 50 }, (_, number) => store.update(`${PREFIX}0-${number}`, () => ({ action: 'remove' }))),
    );
    const [list, compacted] = [store.list('/'), store.compacted];
    expect([list.length, store.revision, compacted]).toEqual([50, 1_050, 950]);
    await store.close();
    expect(rowsOfFile()).toBe(100 + 100); // the objects at the compaction, the changes since
    const again = openDurableStore({ file, history: 100 });
    expect([again.list('/'), again.revision, again.compacted]).toEqual([list, 1_050, compacted]);
    again.compact(again.revision);
    await again.close();
    expect(rowsOfFile()).toBe(50);
    const third = openDurableStore({ file, history: 100 });
    expect([third.list('/'), third.revision, third.compacted]).toEqual([list, 1_050, 1_050]);
    await third.close();
  });

  it('refuses a second opener until it is closed', async () => {
    const store = openDurableStore({ file });
    expect(() => openDurableStore({ file })).toThrow(
      expect.objectContaining({ code: 'STATE_IN_USE', message: expect.stringContaining(file) as string }),
    );
    await store.close();
    await openDurableStore({ file }).close();
  });

  it.each([
    ['of a newer version', 'UPDATE store SET format = 2', 'format 2'],
    ['without a format', 'DELETE FROM store', 'does not say'],
    ['of something else', 'DROP TABLE store', 'no such table: store'],
    ['with a broken object', "UPDATE changes SET object = '{' WHERE revision = 1", 'JSON'],
    ['with a deletion of nothing', 'UPDATE changes SET object = NULL WHERE revision = 1', 'nothing is under'],
    ['with a gap', 'DELETE FROM changes WHERE revision = 1', 'before revision 2'],
  ])('refuses a file %s, says what to do, and lets go of it', async (_, sql, why) => {
    const store = openDurableStore({ file });
    await Promise.all([put(store, 'a'), put(store, 'b')]);
    await store.close();
    tamper(sql);
    const refused = expect.objectContaining({
      code: 'STATE_UNUSABLE',
      message: expect.stringMatching(new RegExp(`${why}.*--fresh`)) as string,
    });
    expect(() => openDurableStore({ file })).toThrow(refused);
    expect(() => openDurableStore({ file })).toThrow(refused); // and not that it is in use
  });

  it('refuses a file that is no database', () => {
    openDurableStoreFolder();
    writeFileSync(file, 'no database '.repeat(100));
    expect(() => openDurableStore({ file })).toThrow(expect.objectContaining({ code: 'STATE_UNUSABLE' }));
  });
});

function openDurableStoreFolder(): void {
  void openDurableStore({ file }).close();
}

describe('a process that is killed', () => {
  it('has lost nothing that it acknowledged', async () => {
    const acknowledged = new Map<string, number>();
    const program = bundledWriter();
    for (let run = 1; run <= 5; run++) {
      const note = (key: string, value: number): void => void acknowledged.set(key, value);
      await runWriter([process.execPath, program, file], 200 * run, kill, note);
      const store = openDurableStore({ file, history: 500 });
      for (const [key, value] of acknowledged) expect(store.get(key)?.['value']).toBeGreaterThanOrEqual(value);
      const objects = store.list('/');
      expect(objects.reduce((sum, object) => sum + Number(object['value']), 0)).toBe(store.revision);
      expect(Math.max(...objects.map(({ metadata }) => Number(metadata.resourceVersion)))).toBe(store.revision);
      await store.close();
    }
    expect(acknowledged.size).toBe(20);
  }, 30_000);

  it.skipIf(spawnSync('strace', ['-V']).status !== 0)(
    'has synced before it acknowledged',
    async () => {
      const trace = join(folder, 'trace');
      const strace = ['strace', '-f', '-s', '80', '-e', 'trace=write,fsync,fdatasync', '-o', trace];
      const deaf = (child: Writer): void => void child.stdout.destroy(); // so that strace lives to write its end
      await runWriter([...strace, process.execPath, bundledWriter(), file], 200, deaf, () => {});
      const calls = readFileSync(trace, 'utf8').matchAll(
        /(?<sync>f(?:data)?sync\(\d+\) += 0)|write\(1, "\S+object-0 /g,
      );
      let synced = false;
      let batches = 0;
      for (const { groups } of calls) {
        if (!groups?.['sync']) {
          expect(synced).toBe(true); // object-0 is the first of each batch
          batches += 1;
        }
        synced = Boolean(groups?.['sync']);
      }
      expect(batches).toBeGreaterThanOrEqual(10);
    },
    30_000,
  );
});

/** The writer as a program that Node runs, beside the packages that it loads. */
function bundledWriter(): string {
  const outfile = join(folder, 'writer.mjs');
  const source = join(import.meta.dirname, 'testing/writer.ts');
  const conditions = ['@sympozium/source'];
  const libsql = import.meta.resolve('libsql');
  const alias = { libsql };
  const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" };
  buildSync({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions,
    alias,
    banner,
    external: [libsql],
  });
  return outfile;
}

type Writer = ChildProcessByStdio<null, Readable, null>;

const kill = (child: Writer): void => void child.kill('SIGKILL');

/** Runs the writer until it has acknowledged so much, then stops it; resolves when it is gone. */
function runWriter(
  [program = '', ...args]: readonly string[],
  acknowledgements: number,
  stop: (child: Writer) => void,
  onAcknowledged: (key: string, value: number) => void,
): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let count = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [key = '', value] = line.split(' ');
    onAcknowledged(key, Number(value));
    count += 1;
    if (count === acknowledgements) stop(child);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () =>
      count < acknowledgements ? reject(new Error(`the writer ended after ${count} writes`)) : resolve(),
    );
  });
}
