import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const layer = (name, allowed, banned = []) => ({
  sourceTag: `layer:${name}`,
  onlyDependOnLibsWithTags: allowed.map((l) => `layer:${l}`),
  ...(banned.length ? { bannedExternalImports: banned } : {}),
});
const base = ['api', 'base'];
const local = [...base, 'kube'];
const host = [...local, 'contract', 'control', 'host'];

/** The layers of ARCHITECTURE.md: arrows only point down this list. */
const layers = [
  layer('api', ['api'], ['node:*', 'tsyringe', 'fastify']),
  layer('contract', ['api', 'contract'], ['node:*', 'tsyringe', 'fastify']),
  layer('plugin', ['api', 'contract'], ['node:*', 'tsyringe', 'fastify']),
  layer('base', ['base'], ['fastify']),
  layer('kube', [...base, 'kube'], ['tsyringe', 'fastify']),
  layer('control', [...base, 'kube', 'control'], ['tsyringe', 'fastify']),
  layer('host', host, ['tsyringe', 'fastify']),
  layer('local', [...local, 'control', 'local'], ['tsyringe']),
  layer('app', [...host, 'plugin', 'local'], ['tsyringe']),
  layer('tool', [...host, 'plugin', 'local', 'tool'], ['tsyringe']),
];

/** Who may see whom, beside the layers: a proxy never loads the reconciler, an agent never the host. */
const scopes = [
  { sourceTag: 'scope:shared', onlyDependOnLibsWithTags: ['scope:shared'] },
  { sourceTag: 'scope:operator', onlyDependOnLibsWithTags: ['scope:shared', 'scope:operator'] },
  { sourceTag: 'scope:proxy', onlyDependOnLibsWithTags: ['scope:shared', 'scope:proxy'] },
  { sourceTag: 'scope:agent', onlyDependOnLibsWithTags: ['scope:shared', 'scope:agent'] },
  { sourceTag: 'scope:local', onlyDependOnLibsWithTags: ['scope:shared', 'scope:local'] },
  { sourceTag: 'scope:cli', onlyDependOnLibsWithTags: ['scope:shared', 'scope:local', 'scope:cli'] },
];

/** Pure layers may not touch Node; Nx bans packages, this bans the built-ins. */
const noNode = { patterns: [{ group: ['node:*'], message: 'This layer is pure: take what you need as an argument.' }] };

export default [
  { ignores: ['**/dist', '**/out-tsc', '**/coverage', '**/*.d.ts', '**/.sympozium'] },
  ...nx.configs['flat/base'],
  ...nx.configs['flat/typescript'],
  {
    files: ['**/*.ts'],
    rules: {
      '@nx/enforce-module-boundaries': ['error', { allow: [], depConstraints: [...layers, ...scopes] }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-empty-function': 'off',
      complexity: ['error', 10],
      'max-depth': ['error', 3],
      'max-params': ['error', 4],
      'max-lines': ['error', 400],
    },
  },
  {
    files: ['libs/{api,plugin-sdk,run-protocol}/src/**/*.ts', 'libs/{modes,skills}/*/src/**/*.ts'],
    ignores: ['**/*.test.ts', '**/testing/**'],
    rules: { 'no-restricted-imports': ['error', noNode] },
  },
  {
    files: ['**/src/**/*.ts'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: { '@typescript-eslint/no-floating-promises': 'error', '@typescript-eslint/no-misused-promises': 'error' },
  },
];
