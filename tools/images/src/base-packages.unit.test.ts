import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { basePackages } from './base-packages.js';
import { sharedLibraries } from './local-base.js';
import { checkIntegrity } from './node-binary.js';

let root: string;

beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'sympozium-base-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const LIBC =
  'Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-9\nDescription: C library\n more\n';
const TZDATA = 'Package: tzdata\nVersion: 2025b-0\nArchitecture: all\n';
const GONE = 'Package: gone\nStatus: deinstall ok config-files\nVersion: 1\nArchitecture: all\n';

describe('basePackages', () => {
  it('are those of a Debian with a package manager that are installed', () => {
    write('var/lib/dpkg/status', [LIBC, GONE, TZDATA].join('\n'));
    expect(basePackages(root)).toEqual([
      { name: 'libc6', version: '2.36-9', architecture: 'amd64' },
      { name: 'tzdata', version: '2025b-0', architecture: 'all' },
    ]);
  });

  it('are those of one without', () => {
    write('var/lib/dpkg/status.d/tzdata', TZDATA);
    write('var/lib/dpkg/status.d/tzdata.md5sums', 'd41d8cd9  usr/share/zoneinfo/UTC\n');
    write('var/lib/dpkg/status.d/libc6', LIBC);
    expect(basePackages(root).map(({ name }) => name)).toEqual(['libc6', 'tzdata']);
  });

  it('are none where nothing says so', () => expect(basePackages(root)).toEqual([]));
});

describe('sharedLibraries', () => {
  it('are the paths that ldd prints, the loader among them, each once', () => {
    const printed = `
	linux-vdso.so.1 (0x00007f1b8cebb000)
	libdl.so.2 => /lib/x86_64-linux-gnu/libdl.so.2 (0x00007f1b8cea5000)
	libstdc++.so.6 => /lib/x86_64-linux-gnu/libstdc++.so.6 (0x00007f1b8cc00000)
	/lib64/ld-linux-x86-64.so.2 (0x00007f1b8cebd000)
`;
    expect(sharedLibraries(printed)).toEqual([
      '/lib/x86_64-linux-gnu/libdl.so.2',
      '/lib/x86_64-linux-gnu/libstdc++.so.6',
      '/lib64/ld-linux-x86-64.so.2',
    ]);
  });
});

describe('checkIntegrity', () => {
  it('refuses an archive that is not the one that was looked at', () =>
    expect(() => checkIntegrity(Uint8Array.of(1))).toThrow(/digest is sha512-.* must be sha512-/));
});
