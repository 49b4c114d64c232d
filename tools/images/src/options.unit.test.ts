import { describe, expect, it } from 'vitest';
import { HELP, readOptions } from './options.js';
import { APPS } from './workspace.js';

const read = (...args: string[]) => readOptions(args, '/checkout');

describe('readOptions', () => {
  it('builds all into dist/images by default', () => {
    expect(read()).toEqual({ out: '/checkout/dist/images', apps: APPS });
  });

  it('takes a folder, a base and apps, each once', () => {
    expect(
      read('--out', 'x', '--base', 'node:24', '--app', 'web-proxy', '--app', 'operator', '--app', 'web-proxy'),
    ).toEqual({ out: '/checkout/x', base: 'node:24', apps: ['web-proxy', 'operator'] });
    expect(read('--app', 'web-proxy', 'operator')?.apps).toEqual(['web-proxy', 'operator']);
  });

  it('is for help, too', () => {
    expect(read('--help')).toBeUndefined();
    for (const app of APPS) expect(HELP).toContain(app);
  });

  it.each([
    [['--app', 'cli'], /no app cli; .* operator, web-proxy, agent-runner/],
    [['operator'], /Name apps with --app/],
    [['--base', ''], /--base is empty/],
    [['--out'], /--out.*--help lists/],
    [['--push'], /--push.*--help lists/],
  ])('refuses %o', (args, says) => {
    expect(() => read(...args)).toThrow(says);
  });
});
