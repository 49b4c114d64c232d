import { expect, it } from 'vitest';
import { role } from '../testing/auth-store.js';
import { aggregatedRules } from './aggregated-rules.js';

const rule = (verb: string) => ({ verbs: [verb], apiGroups: [''], resources: ['pods'] });
const labelled = (name: string, labels: Record<string, string>, verbs: string[]) => {
  const { metadata, ...rest } = role(name, verbs.map(rule));
  return { ...rest, metadata: { ...metadata, labels } };
};
const gathering = (...clusterRoleSelectors: object[]) => ({
  ...role('all', []),
  aggregationRule: { clusterRoleSelectors },
});

it('gathers rules by name and each once, and not its own', () => {
  const all = gathering({ matchLabels: { to: 'all' } });
  const roles = [
    labelled('b', { to: 'all' }, ['list', 'get']),
    labelled('a', { to: 'all' }, ['get']),
    labelled('c', {}, ['delete']),
    labelled('all', { to: 'all' }, ['patch']),
  ];
  expect(aggregatedRules(all, roles)).toEqual([rule('get'), rule('list')]);
});

it('understands expressions, and several selectors', () => {
  const roles = [
    labelled('a', { tier: 'x' }, ['get']),
    labelled('b', { tier: 'y', off: '' }, ['list']),
    labelled('c', { other: '1' }, ['watch']),
  ];
  const tier = { key: 'tier', operator: 'In', values: ['x', 'y'] };
  const on = { key: 'off', operator: 'DoesNotExist' };
  expect(aggregatedRules(gathering({ matchExpressions: [tier, on] }), roles)).toEqual([rule('get')]);
  const other = { matchExpressions: [{ key: 'other', operator: 'Exists' }] };
  expect(aggregatedRules(gathering({ matchExpressions: [tier] }, other), roles)).toEqual(
    ['get', 'list', 'watch'].map(rule),
  );
});
