import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderKubeconfig } from './kubeconfig.js';

it('renders a kubeconfig that names server, CA and token, and the namespace default', () => {
  const config = parse(renderKubeconfig('https://127.0.0.1:6443', 'PEM', { name: 'jane', token: 'secret' }));
  expect(config).toMatchObject({
    clusters: [{ cluster: { server: 'https://127.0.0.1:6443', 'certificate-authority-data': 'UEVN' } }],
    users: [{ name: 'jane', user: { token: 'secret' } }],
    contexts: [{ name: 'sympozium-local', context: { user: 'jane', namespace: 'default' } }],
    'current-context': 'sympozium-local',
  });
});
