import { describe, expect, it } from 'vitest';
import { nodeSupported, type Machine } from './supported.js';

const able: Machine = {
  platform: 'linux',
  arch: 'x64',
  user: 0,
  hasProgram: () => true,
  hasFile: () => true,
  mayUnshare: () => true,
};

describe('nodeSupported', () => {
  it('has nothing against a machine with everything', () => expect(nodeSupported(able)).toBeUndefined());

  it.each<[string, Partial<Machine>, string]>([
    ['macOS', { platform: 'darwin' }, 'a real node runs on Linux on x64, and this is darwin on x64.'],
    ['ARM', { arch: 'arm64' }, 'a real node runs on Linux on x64, and this is linux on arm64.'],
    ['a user', { user: 1000 }, 'a real node mounts and makes networks, so it runs as root.'],
    [
      'a container that may not',
      { mayUnshare: () => false },
      'a real node needs namespaces and mounts of its own, which this machine refuses.',
    ],
    [
      'a machine without Go',
      { hasProgram: (name) => name !== 'go' },
      'a real node is built with Go 1.26 or newer, and there is no `go` in PATH.',
    ],
    [
      'a bare Debian',
      { hasProgram: (name) => !['runc', 'conntrack'].includes(name), hasFile: () => false },
      'a real node needs Debian packages that are not here: ' +
        'apt-get install --no-install-recommends runc conntrack containernetworking-plugins',
    ],
  ])('says what %s lacks', (_, difference, sentence) =>
    expect(nodeSupported({ ...able, ...difference })).toBe(sentence),
  );

  it('tries nothing before it knows that it is root on Linux', () => {
    const mayUnshare = (): never => expect.unreachable();
    expect(nodeSupported({ ...able, user: 1000, mayUnshare })).toBeDefined();
  });
});
