import { describe, expect, it } from 'vitest';
import { bundledPackages, bundleFiles, packageFolder, type Metafile } from './bundle.js';

const file = (...imports: string[]) => ({ imports: imports.map((path) => ({ path })) });

const METAFILE: Metafile = {
  inputs: {
    'apps/a/src/main.ts': file('node_modules/pino/pino.js', 'libs/modes/b/src/index.ts', 'node:fs'),
    'libs/modes/b/src/index.ts': file('lean-0:undici', 'libs/modes/b/src/types.ts'),
    'libs/modes/b/src/types.ts': file('node_modules/only-types/index.js'),
    'lean-0:undici': file('node_modules/undici/lib/pool.js'),
    'node_modules/undici/lib/pool.js': file(),
    'node_modules/pino/pino.js': file('node_modules/pino/node_modules/@scope/ms/index.js'),
    'node_modules/pino/node_modules/@scope/ms/index.js': file(),
    'node_modules/only-types/index.js': file(),
    'node_modules/shaken-off/index.js': file(),
  },
  outputs: {
    'apps/a/dist/bundle/main.mjs': {
      bytes: 1,
      inputs: {
        'apps/a/src/main.ts': { bytesInOutput: 10 },
        'libs/modes/b/src/index.ts': { bytesInOutput: 10 },
        'lean-0:undici': { bytesInOutput: 10 },
        'node_modules/shaken-off/index.js': { bytesInOutput: 0 },
      },
    },
    'apps/a/dist/bundle/chunk-1.mjs': {
      bytes: 1,
      inputs: {
        'node_modules/pino/pino.js': { bytesInOutput: 10 },
        'node_modules/pino/node_modules/@scope/ms/index.js': { bytesInOutput: 10 },
        'node_modules/undici/lib/pool.js': { bytesInOutput: 10 },
      },
    },
  },
};

describe('bundledPackages', () => {
  const read = (folder: string) => ({ name: folder, version: '1.0.0' });
  const found = bundledPackages(METAFILE, read);

  it('are those with code in any file of the bundle, each with what it imports', () => {
    expect(Object.fromEntries(found.map(({ folder, imports }) => [folder, imports]))).toEqual({
      'apps/a': ['libs/modes/b', 'node_modules/pino'],
      'libs/modes/b': ['node_modules/undici'], // through what bundling put in its place
      'node_modules/pino': ['node_modules/pino/node_modules/@scope/ms'],
      'node_modules/pino/node_modules/@scope/ms': [],
      'node_modules/undici': [],
    });
  });

  it('are told as their package.json does', () => {
    expect(found[0]).toMatchObject({ name: 'apps/a', version: '1.0.0' });
  });
});

describe('packageFolder', () => {
  it.each([
    ['node_modules/zod/v4/core/index.js', 'node_modules/zod'],
    ['node_modules/@fastify/error/index.js', 'node_modules/@fastify/error'],
    ['node_modules/a/node_modules/b/node_modules/c/x.js', 'node_modules/a/node_modules/b/node_modules/c'],
    ['libs/host/node_modules/ajv/dist/ajv.js', 'libs/host/node_modules/ajv'],
    ['libs/skills/web-endpoint/src/index.ts', 'libs/skills/web-endpoint'],
    ['lean-1:../locales/index.js', undefined],
    ['node:fs', undefined],
  ])('of %s is %s', (path, folder) => expect(packageFolder(path)).toBe(folder));
});

describe('bundleFiles', () => {
  it('refuses a file that is not the one that was described', () => {
    const outputs = { 'tools/images/bin/images.mjs': { bytes: 1, inputs: {} } };
    expect(() => bundleFiles({ inputs: {}, outputs })).toThrow(/images\.mjs is not .*npm run bundle/);
  });
});
