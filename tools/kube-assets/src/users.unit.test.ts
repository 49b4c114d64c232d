import { seededRandom } from '@sympozium/process/testing';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderKubeconfig, renderTokens, withToken } from './users.js';

it('gives every user a token of his own', () => {
  const random = seededRandom(1);
  const tokens = ['a', 'b'].map((name) => withToken({ name }, random).token);
  expect(new Set(tokens).size).toBe(2);
  expect(tokens[0]?.length).toBeGreaterThanOrEqual(32);
});

it('renders the token file as the API server reads it: CSV, groups in one field', () => {
  const users = [
    { name: 'admin', token: 't1', groups: ['system:masters', 'team'] },
    { name: 'odd "name", really', token: 't2' },
  ];
  expect(renderTokens(users)).toBe(
    '"t1","admin","admin","system:masters,team"\n"t2","odd ""name"", really","odd ""name"", really",""\n',
  );
});

it('renders a kubeconfig that names server, CA and token, and the namespace default', () => {
  const config = parse(renderKubeconfig('https://127.0.0.1:6443', 'PEM', { name: 'jane', token: 'secret' }));
  expect(config).toMatchObject({
    clusters: [{ cluster: { server: 'https://127.0.0.1:6443', 'certificate-authority-data': 'UEVN' } }],
    users: [{ name: 'jane', user: { token: 'secret' } }],
    contexts: [{ name: 'sympozium-local', context: { user: 'jane', namespace: 'default' } }],
    'current-context': 'sympozium-local',
  });
});
