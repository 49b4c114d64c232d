import { FakeClock, recordingLogger, seededRandom, settle } from '@sympozium/process/testing';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseKeyEntries, parseKeyEntry } from './api-key.js';
import { KeyFolder } from './key-folder.js';
import { KeyRing } from './key-ring.js';

const KEY = 'sk-0123456789abcdefghijklmnopqrstu';

describe('parseKeyEntry', () => {
  it('reads a plain key, without the editor’s newline', () => {
    expect(parseKeyEntry('api-key', `${KEY}\n`)).toEqual({ secret: KEY, caller: { id: 'api-key' } });
  });

  it('reads JSON, and takes the previous key for the same caller until it expires', () => {
    const json = { key: KEY, instances: ['a'], limits: { burst: 2 }, expires: '2026-01-01T00:00:00Z' };
    expect(parseKeyEntry('api-key-previous', JSON.stringify(json)).caller).toEqual({
      id: 'api-key',
      instances: ['a'],
      limits: { burst: 2 },
      expires: Date.parse('2026-01-01T00:00:00Z'),
    });
  });

  it.each(['', 'sk-short', `${KEY} x`, `{"key": "${KEY}"`, `{"key": "${KEY}", "limits": {"burst": 0}}`, '{"key": 7}'])(
    'refuses %j without repeating it',
    (content) => {
      const problem = (() => {
        try {
          parseKeyEntry('api-key', content);
        } catch (error) {
          return (error as Error).message;
        }
        return undefined;
      })();
      expect(problem).toBeDefined();
      expect(problem).not.toContain('0123456789');
    },
  );
});

describe('parseKeyEntries', () => {
  const json = (entry: object) => JSON.stringify(entry);
  const callers = (entries: Readonly<Record<string, string>>) =>
    parseKeyEntries(Object.entries(entries)).keys.map(({ caller }) => caller);

  it('gives a previous key the rights and limits of the current one', () => {
    const rights = { instances: ['a'], limits: { burst: 2 } };
    const expires = '2026-01-02T00:00:00Z';
    expect(
      callers({
        'api-key-previous': json({ key: `${KEY}old`, expires }),
        'api-key': json({ key: KEY, ...rights }),
      }),
    ).toEqual([
      { id: 'api-key', ...rights, expires: Date.parse(expires) },
      { id: 'api-key', ...rights },
    ]);
  });

  it('leaves a previous key what it says itself, and one without a current key as it is', () => {
    expect(
      callers({ 'a-previous': json({ key: KEY, instances: ['x'] }), a: json({ key: KEY, instances: ['y'] }) })[0],
    ).toEqual({ id: 'a', instances: ['x'] });
    expect(callers({ 'a-previous': KEY })).toEqual([{ id: 'a' }]);
  });

  it('takes the good ones and names the others', () => {
    const { keys, refused } = parseKeyEntries([
      ['bad', 'sk-short'],
      ['good', KEY],
    ]);
    expect(keys.map(({ caller }) => caller.id)).toEqual(['good']);
    expect(refused).toEqual([{ entry: 'bad', problem: 'the key is shorter than 20 characters' }]);
  });
});

describe('KeyRing', () => {
  const entry = (secret: string, expires?: number) => ({
    secret,
    caller: { id: secret.slice(-1), ...(expires !== undefined && { expires }) },
  });

  it('finds whose key it is, and nobody’s once it has expired', () => {
    const ring = new KeyRing([entry(`${KEY}a`), entry(`${KEY}b`, 1_000)], new Uint8Array(32));
    expect([ring.find(`${KEY}a`, 0)?.id, ring.find(`${KEY}b`, 999)?.id]).toEqual(['a', 'b']);
    expect([ring.find(`${KEY}b`, 1_000), ring.find(KEY, 0), ring.find('', 0)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('finds a key that stands there twice while one of its entries has not expired', () => {
    const ring = new KeyRing([entry(KEY), entry(KEY, 1_000)], new Uint8Array(32));
    expect(ring.find(KEY, 1_000)).toBeDefined();
  });
});

describe('KeyFolder', () => {
  it('keeps its keys while the folder cannot be read, and tells once; polls it; never logs a key', async () => {
    const path = mkdtempSync(join(tmpdir(), 'keys-'));
    const clock = new FakeClock();
    const { log, lines } = recordingLogger();
    writeFileSync(join(path, 'api-key'), KEY);
    writeFileSync(join(path, 'weak'), 'sk-weak');
    const folder = new KeyFolder(path, { clock, random: seededRandom(1), log });
    await folder.start();
    expect(folder.ring.find(KEY, 0)).toEqual({ id: 'api-key' });
    rmSync(path, { recursive: true });
    for (let i = 0; i < 3; i += 1) {
      await clock.advance(10_000);
      for (let turn = 0; turn < 50; turn += 1) await settle();
    }
    await folder.stop();
    expect(folder.ring.find(KEY, 0)).toEqual({ id: 'api-key' });
    expect(lines.filter(({ msg }) => msg === 'the API keys cannot be read')).toHaveLength(1);
    expect(lines.filter(({ msg }) => msg === 'API key refused')).toMatchObject([{ entry: 'weak' }]);
    expect(JSON.stringify(lines)).not.toMatch(/sk-0123|sk-weak/);
  });
});
