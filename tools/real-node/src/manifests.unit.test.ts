import { FakeKubeClient } from '@sympozium/kube/testing';
import { describe, expect, it } from 'vitest';
import { IMAGES } from './images.js';
import { applyObjects, parseObjects, readObjects } from './manifests.js';
import { projectFile } from './project-file.js';

describe('the node’s manifests', () => {
  const values = { COREDNS: IMAGES.coredns, DNS: '10.231.65.10', ENVOY: IMAGES.envoy };

  it.each(['node.yaml', 'gateway.yaml'])('%s has no place left without a value', (name) => {
    const objects = readObjects(projectFile(`manifests/${name}`), values);
    expect(objects.length).toBeGreaterThan(1);
    expect(JSON.stringify(objects)).not.toMatch(/@[A-Z]+@/);
  });

  it('put the name server where the kubelet sends Pods', () => {
    const objects = readObjects(projectFile('manifests/node.yaml'), values);
    const service = objects.find(({ kind }) => kind === 'Service');
    expect(service).toMatchObject({ metadata: { name: 'kube-dns' }, spec: { clusterIP: '10.231.65.10' } });
  });
});

it('parseObjects skips documents that are empty', () => {
  expect(parseObjects('---\n# nothing\n---\nkind: A\n---\n')).toEqual([{ kind: 'A' }]);
});

describe('applyObjects', () => {
  it.each([
    ['v1', 'ConfigMap', 'configmaps'],
    ['networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies'],
    ['gateway.networking.k8s.io/v1', 'GatewayClass', 'gatewayclasses'],
  ])('finds where the server keeps a %s %s', async (apiVersion, kind, plural) => {
    const client = new FakeKubeClient();
    await applyObjects(client, [{ apiVersion, kind, metadata: { name: 'x', namespace: 'y' } }]);
    const found = await client.get({ apiVersion, kind, plural, namespaced: true }, { name: 'x', namespace: 'y' });
    expect(found.metadata.name).toBe('x');
  });
});
