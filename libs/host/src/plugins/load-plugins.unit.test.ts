import { SympoziumError } from '@sympozium/api';
import { CONTRACT, defineSkillPack } from '@sympozium/plugin-sdk';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { probeMode } from '../testing/index.js';
import { loadPlugins, type BuiltinPlugin, type LoadedPlugins } from './load-plugins.js';
import { PluginsRefusedError } from './plugins-refused-error.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plugins-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const MODE = { kind: 'mode', contract: '^1' };
const PACK = { kind: 'skill-pack', contract: '^1' };

/** What `defineSkillPack` returns, as source. */
const packSource = (name = 'foreign', object: object = {}): string =>
  `export default ${JSON.stringify({ ...defineSkillPack({ name, spec: {} }), ...object })};`;

/** What `defineMode` returns, as source: its config must have no field `wrong`. */
const modeSource = (members: string): string => `
  const schema = { '~standard': { version: 1, vendor: 'test', validate: (value) => 'wrong' in value
    ? { issues: [{ message: 'is wrong', path: ['wrong'] }] } : { value } } };
  export default { $type: 'sympozium.ai/mode', contract: '${CONTRACT}', lifecycle: 'once', owns: [], params: schema,
    config: schema, create: (config) => ({ config, plan: () => [], observe: () => ({ state: 'pending' }) }), ${members} };`;

/** Installs a package as npm would: its package.json, and files by path. */
function install(name: string, json: object | string, files: Readonly<Record<string, string>> = {}): void {
  const all = { 'package.json': typeof json === 'string' ? json : JSON.stringify({ name, type: 'module', ...json }) };
  for (const [path, text] of Object.entries({ ...all, ...files })) {
    const target = join(folder, 'node_modules', name, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}

const installed = (name: string, sympozium: unknown, source: string): void =>
  install(name, { exports: './index.js', sympozium }, { 'index.js': source });

function load(plugins: unknown, builtins: readonly BuiltinPlugin[] = []): Promise<LoadedPlugins> {
  const file = join(folder, 'plugins.yaml');
  writeFileSync(file, typeof plugins === 'string' ? plugins : stringify({ plugins }));
  return loadPlugins({ builtins, file, folder });
}

/** Code and message of every problem. */
async function problems(plugins: unknown, builtins: readonly BuiltinPlugin[] = []): Promise<readonly string[]> {
  const refusal = await load(plugins, builtins).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(PluginsRefusedError);
  return (refusal as PluginsRefusedError).errors.map(({ code, message }) => `${code}: ${message}`);
}

const allow = (name: string) => [{ package: name }];
const says = (...parts: readonly string[]) => [expect.stringMatching(parts.join('.*'))];

describe('loadPlugins', () => {
  it('needs no file: then there are the built-in plugins', async () => {
    const builtins = [
      { from: '@sympozium/mode-probe', plugin: probeMode() },
      { from: '@sympozium/skill-own', plugin: defineSkillPack({ name: 'own', spec: {} }) },
    ];
    const { modes, packs } = await loadPlugins({ builtins, folder });
    expect(modes.map(({ plugin }) => plugin.name)).toEqual(['probe']);
    expect(packs.map(({ object }) => object.metadata.name)).toEqual(['own']);
  });

  it('imports what the file allows: by exports, by main, with a scope, through a link', async () => {
    const exports = { '.': { types: './index.d.ts', import: './lib/mode.js' } };
    install('by-exports', { exports, sympozium: MODE }, { 'lib/mode.js': modeSource(`name: 'one'`) });
    install('@acme/by-main', { main: 'pack.js', sympozium: PACK }, { 'pack.js': packSource('two') });
    const linked = join(folder, 'elsewhere');
    mkdirSync(linked);
    writeFileSync(join(linked, 'package.json'), JSON.stringify({ type: 'module', main: 'a.js', sympozium: PACK }));
    writeFileSync(join(linked, 'a.js'), packSource('three'));
    symlinkSync(linked, join(folder, 'node_modules', 'linked'));
    install('not-allowed', { sympozium: PACK });
    const { modes, packs } = await load(['by-exports', '@acme/by-main', 'linked'].flatMap(allow));
    expect(modes.map(({ plugin }) => plugin.name)).toEqual(['one']);
    expect(packs.map(({ object }) => object.metadata.name)).toEqual(['two', 'three']);
  });

  it('gives a plugin its config from the file, and a pack’s spec its defaults', async () => {
    installed('mode', MODE, modeSource(`name: 'one'`));
    const sidecar = { spec: { sidecar: { image: 'a' } } };
    installed('pack', PACK, packSource('two', { object: { metadata: { name: 'two' }, ...sidecar } }));
    const { modes, packs } = await load([{ package: 'mode', config: { region: 'eu' } }, { package: 'pack' }]);
    expect(modes[0]?.planner).toMatchObject({ config: { region: 'eu' } });
    expect(packs[0]?.object).toEqual({
      apiVersion: 'sympozium.ai/v1alpha1',
      kind: 'SkillPack',
      metadata: { name: 'two' },
      spec: { sidecar: { image: 'a', terminationGracePeriod: '30s' } },
    });
  });

  it('configures and switches off built-in plugins by the same file', async () => {
    const configs: unknown[] = [];
    const create = (config: unknown) => {
      configs.push(config);
      return { plan: () => [], observe: () => ({ state: 'pending' }) as const };
    };
    const builtins = [
      { from: '@sympozium/mode-probe', plugin: probeMode({ create }), config: { a: 1, b: 1 } },
      { from: '@sympozium/mode-extra', plugin: probeMode({ name: 'extra', extends: 'probe' }) },
    ];
    const plugins = [
      { package: '@sympozium/mode-probe', config: { b: 2 } },
      { package: '@sympozium/mode-extra', enabled: false },
    ];
    expect((await load(plugins, builtins)).modes).toHaveLength(1);
    expect(configs).toEqual([{ a: 1, b: 2 }]);
    expect(await problems([{ package: '@sympozium/mode-probe', enabled: false }], builtins)).toEqual(
      says('PLUGIN_BASE_MISSING', 'extra extends probe'),
    );
  });

  it('names the kinds of built-in modes that are switched off', async () => {
    const off = [{ package: '@sympozium/mode-extra', enabled: false }];
    const owns = [{ kind: { apiVersion: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true } }];
    const extra = { from: '@sympozium/mode-extra', plugin: { ...probeMode(), name: 'extra', owns } };
    expect((await load(off, [extra])).retired).toEqual(owns);
    expect((await load([], [extra])).retired).toEqual([]);
  });

  it('does not look at what is not enabled', async () => {
    expect(await load([{ package: 'nowhere', enabled: false }])).toEqual({ modes: [], packs: [], retired: [] });
  });

  it('tells all problems of all packages at once', async () => {
    installed('broken', MODE, 'export default 1;');
    installed('future', { kind: 'mode', contract: '^2' }, '');
    const builtins = [{ from: 'own', plugin: probeMode(), config: { wrong: 1 } }];
    const found = await problems(['broken', 'future', 'nowhere'].flatMap(allow), builtins);
    expect(found.map((problem) => problem.split(':')[0]).toSorted()).toEqual([
      'PLUGIN_CONFIG_INVALID',
      'PLUGIN_CONTRACT_MISMATCH',
      'PLUGIN_MANIFEST_INVALID',
      'PLUGIN_NOT_FOUND',
    ]);
  });
});

describe('a package that is refused', () => {
  it('is not installed', async () => {
    expect(await problems(allow('nowhere'))).toEqual(says('PLUGIN_NOT_FOUND', 'nowhere is not in', 'Install it'));
    expect(await problems(allow('fs'))).toEqual(says('PLUGIN_NOT_FOUND', 'fs is not in'));
  });

  it.each<[what: string, json: object | string, detail: string]>([
    ['no manifest', {}, 'sympozium: write {"kind": "mode" or'],
    [
      'an unknown kind',
      { sympozium: { kind: 'model', contract: '^1' } },
      'sympozium.kind: write "mode" or "skill-pack"',
    ],
    ['no contract', { sympozium: { kind: 'mode' } }, 'sympozium.contract: write a range'],
    ['a contract that is no range', { sympozium: { kind: 'mode', contract: 'newest' } }, 'write a range of versions'],
    ['a package.json that is no JSON', '{', 'package.json is no JSON'],
    ['no entry', { sympozium: MODE }, 'it has no entry to import'],
    ['no entry for import', { sympozium: MODE, exports: { browser: './a.js' } }, 'it has no entry to import'],
    ['an entry outside of itself', { sympozium: MODE, main: '../../out.js' }, 'it has no entry to import'],
    ['an entry that is missing', { sympozium: MODE, exports: './gone.js' }, 'gone.js'],
  ])('has %s', async (_what, json, detail) => {
    writeFileSync(join(folder, 'out.js'), packSource());
    install('strange', json);
    expect(await problems(allow('strange'))).toEqual([expect.stringContaining('PLUGIN_MANIFEST_INVALID')]);
    expect(await problems(allow('strange'))).toEqual([expect.stringContaining(detail)]);
  });

  it.each<[what: string, manifest: object, source: string, detail: string]>([
    ['throws', MODE, 'throw new Error("no licence");', 'its import threw: no licence'],
    ['does not parse', MODE, 'export default {', 'its import threw'],
    ['has no default export', MODE, 'export const mode = 1;', 'is not what defineMode() returns'],
    ['is a mode and says it is a pack', PACK, modeSource(`name: 'one'`), 'is not what defineSkillPack() returns'],
    ['is a pack and says it is a mode', MODE, packSource(), 'is not what defineMode() returns'],
    ['has a pack with a wrong spec', PACK, packSource('a', { object: { metadata: { name: 'a' }, spec: 1 } }), 'spec: '],
    ['has a pack without an object', PACK, packSource('a', { object: null }), 'name: write at most 57 characters'],
  ])('%s', async (_what, manifest, source, detail) => {
    installed('strange', manifest, source);
    const found = await problems(allow('strange'));
    expect(found).toEqual([expect.stringContaining('PLUGIN_MANIFEST_INVALID')]);
    expect(found).toEqual([expect.stringContaining(detail)]);
  });

  it('keeps what its import threw as the cause', async () => {
    installed('strange', MODE, 'throw new RangeError("planted");');
    const refusal = await load(allow('strange')).catch((error: unknown) => error);
    expect((refusal as PluginsRefusedError).errors[0]?.cause).toMatchObject({ message: 'planted' });
  });

  it('runs nothing before its manifest is right', async () => {
    const marker = join(folder, 'ran');
    const source = `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(marker)}, ''); ${packSource()}`;
    installed('eager', { kind: 'skill-pack', contract: '>=2' }, source);
    expect(await problems(allow('eager'))).toEqual(says('PLUGIN_CONTRACT_MISMATCH', 'eager is for contract >=2'));
    expect(existsSync(marker)).toBe(false);
  });

  it('was built for another contract than its manifest says', async () => {
    installed('old-mode', MODE, modeSource(`name: 'one', contract: '0.9.0'`));
    installed('old-pack', PACK, packSource('two', { contract: '2.0.0' }));
    expect(await problems(['old-mode', 'old-pack'].flatMap(allow))).toEqual([
      ...says('PLUGIN_CONTRACT_MISMATCH', 'one \\(old-mode\\) has contract 0.9.0, this operator 1'),
      ...says('PLUGIN_CONTRACT_MISMATCH', 'old-pack has contract 2.0.0, this operator 1'),
    ]);
  });

  it('has the name of another', async () => {
    installed('first', MODE, modeSource(`name: 'one'`));
    installed('second', MODE, modeSource(`name: 'one'`));
    installed('third', PACK, packSource('own'));
    const builtins = [{ from: 'fourth', plugin: defineSkillPack({ name: 'own', spec: {} }) }];
    expect(await problems(['first', 'second', 'third'].flatMap(allow), builtins)).toEqual([
      ...says('PLUGIN_MODE_TAKEN', 'one from first and second'),
      ...says('PLUGIN_PACK_TAKEN', 'own from fourth and third'),
    ]);
  });

  it('extends a mode that nobody serves', async () => {
    installed('extra', MODE, modeSource(`name: 'extra', extends: 'server'`));
    expect(await problems(allow('extra'))).toEqual(says('PLUGIN_BASE_MISSING', 'extra extends server'));
  });

  it('has a wrong config, or one although it is a pack', async () => {
    installed('mode', MODE, modeSource(`name: 'one'`));
    installed('pack', PACK, packSource());
    const config = { wrong: true };
    expect(await problems(['mode', 'pack'].map((name) => ({ package: name, config })))).toEqual([
      ...says('PLUGIN_CONFIG_INVALID', 'one \\(mode\\): wrong: is wrong'),
      ...says('PLUGIN_CONFIG_INVALID', 'pack is a skill pack, which takes no config'),
    ]);
  });

  it.each([
    [{ apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false }],
    [{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', plural: 'clusterroles', namespaced: false }],
    [{ apiVersion: 'sympozium.ai/v1alpha1', kind: 'AgentRun', plural: 'agentruns', namespaced: true }],
  ])('owns what no plugin may own: %j', async (kind) => {
    installed('greedy', MODE, modeSource(`name: 'greedy', owns: [{ kind: ${JSON.stringify(kind)} }]`));
    expect(await problems(allow('greedy'))).toEqual(says('PLUGIN_KIND_FORBIDDEN', `owns ${kind.kind}`));
  });

  it('owns what is no kind', async () => {
    installed('vague', MODE, modeSource(`name: 'vague', owns: ['Job']`));
    expect(await problems(allow('vague'))).toEqual(says('PLUGIN_CONTRACT_MISMATCH', 'vague is not what defineMode'));
  });
});

describe('a plugins.yaml that is wrong', () => {
  it.each<[what: string, text: string, says: RegExp]>([
    ['no YAML', 'plugins: [', /line 1: /],
    ['empty', '', /line 1: Invalid input: expected object/],
    ['a list', '- package: a', /line 1: Invalid input: expected object/],
    ['without plugins', 'plugin: []', /line 1: plugins: Invalid input/],
    [
      'with a path as package',
      'plugins:\n  - package: a\n  - package: ../a',
      /line 3: plugins\.1\.package: write the name/,
    ],
    [
      'with a path behind a scope',
      'plugins:\n  - package: "@a/../../b"',
      /line 2: plugins\.0\.package: write the name/,
    ],
    ['with an unknown field', 'plugins:\n  - package: a\n    conf: {}', /line 2: plugins\.0: Unrecognized key: "conf"/],
    ['with a wrong switch', 'plugins:\n  - package: a\n    enabled: nope', /line 3: plugins\.0\.enabled: /],
    ['with a package twice', 'plugins:\n  - package: a\n  - package: a', /line 3: plugins\.1\.package: a stands there/],
    ['with two faults', 'plugins:\n  - package: A\n  - enabled: true', /line 2: .*; line 3: plugins\.1\.package: /],
  ])('is %s', async (_what, text, message) => {
    const error = await load(text).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SympoziumError);
    expect(error).toMatchObject({ code: 'SETTING_INVALID', message: expect.stringMatching(message) });
    expect(error).toMatchObject({ message: expect.stringContaining('SYMPOZIUM_PLUGINS is ') });
  });

  it('is not there', async () => {
    const file = join(folder, 'gone.yaml');
    await expect(loadPlugins({ builtins: [], file, folder })).rejects.toMatchObject({
      code: 'SETTING_INVALID',
      message: expect.stringMatching(/gone\.yaml: it cannot be read: ENOENT/),
    });
  });
});
