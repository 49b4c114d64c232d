import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SympoziumError, type Kind, type KubeObject } from '@sympozium/api';
import type { KubeClient } from '@sympozium/kube';
import { applyManifests } from './apply-manifests.js';

interface CustomResourceDefinition extends KubeObject {
  status?: { conditions?: { type: string; status: string }[] };
}

const CRD: Kind<CustomResourceDefinition> = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
};
const ESTABLISHED_WITHIN_MS = 15_000;

/** Applies our kinds to the cluster and waits until it serves them. */
export async function installCrds(client: KubeClient, folder: string): Promise<void> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  const applied = await Promise.all(files.map((file) => applyManifests(client, join(folder, file))));
  await Promise.all(applied.flat().map(({ metadata }) => established(client, metadata.name)));
}

async function established(client: KubeClient, name: string): Promise<void> {
  const deadline = Date.now() + ESTABLISHED_WITHIN_MS;
  while (!isEstablished(await client.get(CRD, { name }))) {
    if (Date.now() > deadline)
      throw new SympoziumError('api_unavailable', `the API server does not serve ${name} after 15 s.`);
    await pause(50);
  }
}

const isEstablished = (crd: CustomResourceDefinition): boolean =>
  crd.status?.conditions?.some((c) => c.type === 'Established' && c.status === 'True') ?? false;
