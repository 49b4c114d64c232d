import { SECRET, type Secret } from '@sympozium/plugin-sdk/manifests';
import { describe, expect, it } from 'vitest';
import { ServedWorld } from '../testing/served-world.js';
import { chooseKey, readKeys } from './api-keys.js';

const world = new ServedWorld();
const NOW = Date.parse('2026-01-01T00:00:00Z');

const secret = (entries: Record<string, string>): Secret => ({
  apiVersion: SECRET.apiVersion,
  kind: SECRET.kind,
  metadata: { name: 'keys' },
  data: Object.fromEntries(Object.entries(entries).map(([name, text]) => [name, btoa(text)])),
});

const choose = (entries: Record<string, string>, wanted?: string, keys?: string[]) =>
  chooseKey(readKeys(secret(entries)), {
    instance: world.instance(keys ? { endpoint: { keys } } : {}),
    secret: 'keys',
    wanted,
    now: NOW,
  });

describe('readKeys', () => {
  it('reads plain keys and JSON, by name, and leaves out what is none', () => {
    const keys = readKeys(
      secret({
        team: '{"key":"sk-team","limits":{"burst":2},"instances":["writer"]}',
        'api-key': 'sk-plain\n',
        broken: '{"key":',
        empty: '',
        number: '{"key":7}',
      }),
    );
    expect(keys).toEqual([
      { name: 'api-key', secret: 'sk-plain' },
      { name: 'team', secret: 'sk-team', limits: { burst: 2 }, instances: ['writer'] },
    ]);
  });
});

describe('chooseKey', () => {
  it('takes the generated one, else the only one that may call the instance', () => {
    expect(choose({ team: 'sk-team', 'api-key': 'sk-plain' }).name).toBe('api-key');
    expect(choose({ team: 'sk-team', other: '{"key":"sk-other","instances":["else"]}' }).name).toBe('team');
    expect(choose({ team: 'sk-team', old: '{"key":"sk-old","expires":"2025-12-31T23:59:59Z"}' }).name).toBe('team');
    expect(choose({ 'api-key': 'sk-plain', team: 'sk-team' }, undefined, ['team']).name).toBe('team');
    expect(choose({ 'api-key': 'sk-plain', 'api-key-previous': '{"key":"sk-before"}' }).secret).toBe('sk-plain');
  });

  it('takes the one that was named', () => {
    expect(choose({ team: 'sk-team', 'api-key': 'sk-plain' }, 'team').secret).toBe('sk-team');
  });

  it.each([
    [{ a: 'sk-a', b: 'sk-b' }, undefined, /choose one of 2 API keys with --key \(entries of Secret keys: a, b\)/],
    [{ a: 'sk-a' }, 'c', /there is no API key c \(entries of Secret keys: a\)/],
    [{}, undefined, /no API key may call instance writer \(entries of Secret keys: none\)/],
  ])('names the entries, never a key: %j', (entries, wanted, message) => {
    const choosing = (): unknown => choose(entries, wanted);
    expect(choosing).toThrow(
      expect.objectContaining({ code: 'KEY_NOT_FOUND', message: expect.stringMatching(message) }),
    );
    expect(choosing).not.toThrow(/sk-/);
  });
});
