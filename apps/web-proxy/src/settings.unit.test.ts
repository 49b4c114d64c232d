import { describe, expect, it } from 'vitest';
import { readWebProxySettings, streamUrl, webProxyHelp } from './settings.js';

const read = (env: Readonly<Record<string, string>>) => readWebProxySettings([], env);

describe('the settings', () => {
  it.each([
    [{ SYMPOZIUM_KEYS_DIR: '/keys' }, { folder: '/keys' }],
    [{ SYMPOZIUM_KEYS_SECRET: 'demo-server-api-key' }, { secret: 'demo-server-api-key' }],
    [{ SYMPOZIUM_KEYS_SECRET: 'keys', SYMPOZIUM_KEYS_DIR: '/keys' }, { secret: 'keys' }],
  ])('%j name the keys: %j', (env, keys) => {
    expect(read(env)).toMatchObject({ keys });
  });

  it.each([
    [{}, /Neither SYMPOZIUM_KEYS_SECRET nor SYMPOZIUM_KEYS_DIR is set: name the Secret or the folder/],
    [{ SYMPOZIUM_KEYS_SECRET: 'No Such' }, /SYMPOZIUM_KEYS_SECRET is set: name of one Secret/],
    [{ SYMPOZIUM_KEYS_DIR: '/keys', SYMPOZIUM_INSTANCE: 'a,b' }, /SYMPOZIUM_INSTANCE is "a,b": name of one/],
    [{ SYMPOZIUM_KEYS_DIR: '/keys', SYMPOZIUM_INSTANCE: 'x'.repeat(41) }, /name of one SympoziumInstance/],
  ])('%j are refused: %s', (env, problem) => {
    expect(() => read(env)).toThrow(problem);
  });

  it.each([
    ['10.0.0.7', '0.0.0.0', 'http://10.0.0.7:8081'],
    ['fd00::7', '::', 'http://[fd00::7]:8081'],
    ['127.96.0.7', '127.96.0.7', 'http://127.96.0.7:8081'],
  ])('of a Pod at %s listen on %s, and tell agents %s', (POD_IP, host, url) => {
    const settings = read({ SYMPOZIUM_KEYS_SECRET: 'keys', POD_IP });
    expect(settings).toMatchObject({ HOST: host, STREAM_HOST: host });
    expect(settings && streamUrl(settings, settings.STREAM_PORT)).toBe(url);
  });

  it('explain every variable', () => {
    for (const name of ['SYMPOZIUM_INSTANCE', 'SYMPOZIUM_KEYS_SECRET', 'SYMPOZIUM_KEYS_DIR', 'GRACE_MS'])
      expect(webProxyHelp()).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
  });
});
