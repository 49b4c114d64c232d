import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SympoziumError, type Kind, type KubeObject } from '@sympozium/api';
import type { KubeClient } from '@sympozium/kube';
import { parse } from 'yaml';

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
  const crds = readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => parse(readFileSync(join(folder, file), 'utf8')) as CustomResourceDefinition);
  await Promise.all(crds.map((crd) => install(client, crd)));
}

async function install(client: KubeClient, crd: CustomResourceDefinition): Promise<void> {
  const key = { name: crd.metadata.name };
  await client.patch(CRD, key, { type: 'apply', body: crd, force: true }, { fieldManager: 'sympozium-cli' });
  const deadline = Date.now() + ESTABLISHED_WITHIN_MS;
  while (!isEstablished(await client.get(CRD, key))) {
    if (Date.now() > deadline)
      throw new SympoziumError('api_unavailable', `the API server does not serve ${key.name} after 15 s.`);
    await pause(50);
  }
}

const isEstablished = (crd: CustomResourceDefinition): boolean =>
  crd.status?.conditions?.some((c) => c.type === 'Established' && c.status === 'True') ?? false;
