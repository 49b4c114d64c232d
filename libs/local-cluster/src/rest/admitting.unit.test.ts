import { describe, expect, it } from 'vitest';
import { configMap, inDefault, refusal, resourceOf, setUp } from './testing/set-up.js';

const MAPS = resourceOf('ConfigMap');
const INVALID = configMap('Not_A_Name');

describe('admission', () => {
  it('sees what validation refuses, judges do not', async () => {
    const { create, admitted, judged } = setUp();
    expect(await refusal(create(INVALID))).toMatch(/^422 Invalid/);
    await create(configMap('a'));
    expect(admitted.map(({ name }) => name.name)).toEqual(['Not_A_Name', 'a']);
    expect(judged.map(({ name, operation }) => [name.name, operation])).toEqual([['a', 'CREATE']]);
  });

  it('judges a change as it would be stored, and no deletion', async () => {
    const { api, create, judged, writing } = setUp();
    await create(configMap('a', { k: '1' }));
    const change = { type: 'merge', body: { data: { k: '2' }, metadata: { labels: { 'a b': 'c' } } } } as const;
    expect(await refusal(api.patch(MAPS, inDefault('a'), change, writing()))).toMatch(/^422 Invalid/);
    await api.patch(MAPS, inDefault('a'), { type: 'merge', body: { data: { k: '3' } } }, writing({ dryRun: true }));
    await api.delete(MAPS, inDefault('a'), {}, writing());
    expect(judged.map(({ operation, verb, dryRun }) => [operation, verb, dryRun])).toEqual([
      ['CREATE', 'create', false],
      ['UPDATE', 'patch', true],
    ]);
    expect(judged[1]).toMatchObject({ object: { data: { k: '3' } }, old: { data: { k: '1' } } });
  });

  it('tells the verb that creates', async () => {
    const { api, judged, writing } = setUp();
    await api.patch(MAPS, inDefault('a'), { type: 'apply', body: configMap('a'), force: false }, writing());
    expect(judged.map(({ operation, verb }) => [operation, verb])).toEqual([['CREATE', 'patch']]);
  });

  it('knows a name that is not generated yet by its beginning, and one that never will be as unknown', async () => {
    const { create, admitted, judged } = setUp();
    const { metadata } = await create(configMap('', {}, { generateName: 'made-' }));
    await refusal(create(configMap('')));
    expect(admitted.map(({ name }) => name.name)).toEqual(['made-', 'Unknown']);
    expect(judged.map(({ name }) => name.name)).toEqual([metadata.name]);
  });

  it('hears of the deletion of what is not there', async () => {
    const { api, admitted, writing } = setUp();
    await refusal(api.delete(MAPS, inDefault('absent'), {}, writing()));
    expect(admitted).toMatchObject([{ operation: 'DELETE', name: inDefault('absent'), old: undefined }]);
  });
});
