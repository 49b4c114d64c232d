import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { generatedFiles } from './generated-files.js';
import { BUILTIN_MODES, watchedNeeds } from './operator-needs.js';
import { rulesOf } from './rules.js';

const root = resolve(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const files = generatedFiles();

interface Role {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules: readonly { readonly apiGroups: string[]; readonly resources: string[]; readonly verbs: string[] }[];
}

const rolesIn = (text: string): Role[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as Role)
    .filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole');

describe('the generated files', () => {
  it.each([...files])('%s is what is generated (else: npm run generate)', (path, text) => {
    expect(read(path)).toBe(text);
  });

  it('grant nothing by wildcard', () => {
    for (const [, text] of files) expect(text).not.toMatch(/'\*'/);
  });

  it('leave no other file in config/rbac', () => {
    const committed = readdirSync(join(root, 'config/rbac')).map((name) => `config/rbac/${name}`);
    expect(committed.sort()).toEqual([...files.keys()].filter((path) => path.startsWith('config/')).sort());
  });
});

describe('the charts give what config/rbac gives', () => {
  /** The rules of a chart's named template. */
  const templated = (chart: string, name: string): Role['rules'] => {
    const [, after = ''] = read(`charts/${chart}/templates/_rules.tpl`).split(`{{- define "${name}" -}}\n`);
    const [rules = ''] = after.split('\n{{- end }}');
    return parse(rules.replaceAll(/{{.*?}}/g, 'rendered')) as Role['rules'];
  };
  const rulesOfRole = (app: string, name: string): Role['rules'] | undefined =>
    rolesIn(read(`config/rbac/${app}.yaml`)).find(({ metadata }) => metadata.name === name)?.rules;

  it.each([
    ['sympozium.rules.watched', 'sympozium-operator'],
    ['sympozium.rules.system', 'sympozium-operator-system'],
    ['sympozium.rules.teardown', 'sympozium-operator-teardown'],
  ])('to the operator: %s', (template, role) => {
    expect(templated('sympozium', template)).toEqual(rulesOfRole('operator', role));
  });

  it('to the web proxy, and its keys, which elsewhere are files', () => {
    const keys = { apiGroups: [''], resources: ['secrets'], resourceNames: ['rendered'], verbs: ['list', 'watch'] };
    expect(templated('sympozium-web-proxy', 'sympozium-web-proxy.rules.served')).toEqual([
      ...(rulesOfRole('web-proxy', 'sympozium-web-proxy') ?? []),
      keys,
    ]);
  });
});

it('knows every mode that comes with the operator', () => {
  const offered = read('apps/operator/src/builtin-plugins.ts').matchAll(/from: '(@sympozium\/mode-[^']+)'/g);
  expect(Object.keys(BUILTIN_MODES).sort()).toEqual([...offered].map(([, name]) => name).sort());
});

it('lets the operator hold whatever it grants to servers', () => {
  const held = new Map(
    rulesOf(watchedNeeds()).map(({ group, resource, verbs }) => [`${group}/${resource}`, new Set<string>(verbs)]),
  );
  const granted = rolesIn(read('libs/modes/server/src/__golden__/server.yaml')).flatMap(({ rules }) => rules);
  expect(granted.length).toBeGreaterThan(0);
  for (const { apiGroups, resources, verbs } of granted)
    for (const place of apiGroups.flatMap((group) => resources.map((resource) => `${group}/${resource}`)))
      expect([...(held.get(place) ?? [])]).toEqual(expect.arrayContaining(verbs));
});

it('merges what is needed of one resource into one rule, each verb with its reason', () => {
  const need = { group: 'apps', resource: 'deployments' };
  const rules = rulesOf([
    { ...need, verbs: ['patch'], why: 'kept' },
    { ...need, verbs: ['create', 'patch'], why: 'made' },
    { ...need, verbs: ['get'], names: ['one'], why: 'read' },
  ]);
  expect(rules).toEqual([
    { ...need, verbs: ['create', 'patch'], reasons: ['patch: kept', 'create, patch: made'] },
    { ...need, names: ['one'], verbs: ['get'], reasons: ['get: read'] },
  ]);
});
