import { describe, expect, it } from 'vitest';
import { buildSupported, type Machine } from './build-supported.js';

const DEBIAN: Machine = { platform: 'linux', arch: 'x64', uid: 0, exists: () => true, has: () => true };

const on = (change: Partial<Machine>, base?: string): string | undefined =>
  buildSupported(base === undefined ? {} : { base }, { ...DEBIAN, ...change });

describe('buildSupported', () => {
  it('is content with a Debian that has all', () => expect(on({})).toBeUndefined());

  it.each([
    [{ platform: 'darwin' }, /Linux only.*docker/],
    [{ uid: 1000 }, /root: sudo npm run images/],
    [{ arch: 'arm64' }, /x64 only.*--base/],
    [{ has: (program: string) => program !== 'dpkg-query' }, /Debian only.*--base/],
    [{ has: (program: string) => program !== 'buildah' }, /: apt-get install --no-install-recommends buildah$/],
    [{ exists: () => false }, /: apt-get install --no-install-recommends ca-certificates tzdata$/],
  ])('says in one line what %o lacks and what to do', (change, says) => {
    expect(on(change)).toMatch(says);
    expect(on(change)).not.toContain('\n');
  });

  it.each([{ arch: 'arm64' }, { exists: () => false }, { has: (program: string) => program !== 'dpkg-query' }])(
    'does not ask for what only the local base needs where another is named: %o',
    (change) => expect(on(change, 'docker.io/library/node:24')).toBeUndefined(),
  );
});
