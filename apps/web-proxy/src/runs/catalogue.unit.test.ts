import type { SympoziumInstance } from '@sympozium/api';
import { RunWorld } from '@sympozium/run-client/testing';
import { describe, expect, it } from 'vitest';
import { Catalogue } from './catalogue.js';

const world = new RunWorld();

/** A catalogue of instances with these endpoints, by name. */
function catalogueOf(endpoints: Readonly<Record<string, SympoziumInstance['spec']['endpoint']>>): Catalogue {
  const all = Object.entries(endpoints).map(([name, endpoint]) => world.instance(name, endpoint && { endpoint }));
  const store = {
    get: (_: string | undefined, name: string) => all.find(({ metadata }) => metadata.name === name),
    list: () => all,
    by: () => [],
  };
  return new Catalogue(store, world.namespace);
}

describe('Catalogue', () => {
  it.each([
    { what: 'all, when nobody says anything', key: { id: 'a' }, shown: ['free', 'picky'], picks: undefined },
    { what: 'what the key names', key: { id: 'a', instances: ['picky'] }, shown: ['picky'], picks: undefined },
    { what: 'what names the key', key: { id: 'a' }, shown: ['free', 'picky'], picks: ['b', 'a'] },
    { what: 'nothing that names other keys', key: { id: 'a' }, shown: ['free'], picks: ['b'] },
    { what: 'nothing that names no key', key: { id: 'a' }, shown: ['free'], picks: [] },
    { what: 'only what both agree on', key: { id: 'a', instances: ['picky'] }, shown: [], picks: ['b'] },
  ])('shows a key $what', ({ key, shown, picks }) => {
    const catalogue = catalogueOf({ picky: picks && { keys: picks }, free: undefined });
    expect(catalogue.list(key).map(({ metadata }) => metadata.name)).toEqual(shown);
    const found = ['free', 'picky', 'nobody'].filter((name) => catalogue.find(key, name));
    expect(found).toEqual(shown);
  });

  it('lets the pages call whose origins an instance names, byte for byte', () => {
    const catalogue = catalogueOf({
      one: { cors: { origins: ['https://app.example'] } },
      two: { cors: { origins: ['http://localhost:3000'] } },
      none: undefined,
    });
    const origins = ['https://app.example', 'http://localhost:3000', 'https://app.example:8443', 'null', ''];
    const allowed = (name?: string) => origins.filter((origin) => catalogue.allowsOrigin(origin, name));
    expect(allowed()).toEqual(['https://app.example', 'http://localhost:3000']);
    expect(allowed('one')).toEqual(['https://app.example']);
    expect(allowed('none')).toEqual([]);
    expect(allowed('nobody')).toEqual([]);
  });

  it('lets every page call what names *', () => {
    const catalogue = catalogueOf({ open: { cors: { origins: ['*'] } }, shut: { cors: { origins: [] } } });
    expect([catalogue.allowsOrigin('null'), catalogue.allowsOrigin('https://any.example', 'open')]).toEqual([
      true,
      true,
    ]);
    expect(catalogue.allowsOrigin('https://any.example', 'shut')).toBe(false);
  });
});
