import { FakeKubeClient } from '@sympozium/kube/testing';
import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import type { KubeObject } from '@sympozium/api';
import { parseAllDocuments } from 'yaml';
import { workspaceFile } from './app-bundles.js';
import { applyManifests } from './apply-manifests.js';

const ROLES = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  namespaced: false,
};

interface Role {
  rules: { apiGroups: string[]; resources: string[]; verbs: string[] }[];
}

const readManifests = (path: string): KubeObject[] =>
  parseAllDocuments(readFileSync(path, 'utf8')).map((document) => document.toJS() as KubeObject);

const rulesOf = (path: string): Role['rules'] =>
  readManifests(path).flatMap((object) => (object as Partial<Role>).rules ?? []);

describe.each(['operator', 'web-proxy'])('config/rbac/%s.yaml', (app) => {
  const path = workspaceFile(`config/rbac/${app}.yaml`);

  it('is applied whole, and a second time without harm', async () => {
    const client = new FakeKubeClient();
    await applyManifests(client, readManifests(path));
    await applyManifests(client, readManifests(path));
    expect((await client.list(ROLES)).items.map((role) => role.metadata.name)).toContain(`sympozium-${app}`);
  });

  it('grants nothing by wildcard', () => {
    expect(rulesOf(path).length).toBeGreaterThan(0);
    for (const { apiGroups, resources, verbs } of rulesOf(path))
      expect([...apiGroups, ...resources, ...verbs]).not.toContain('*');
  });
});

it('lets the web proxy see no Secrets', () => {
  const resources = rulesOf(workspaceFile('config/rbac/web-proxy.yaml')).flatMap((rule) => rule.resources);
  expect(resources).not.toContain('secrets');
});
