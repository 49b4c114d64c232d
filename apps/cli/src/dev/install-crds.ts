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
const LOOK_EVERY_MS = 20;

/** Applies our kinds to the cluster and waits until it serves them. */
export async function installCrds(client: KubeClient, crds: readonly KubeObject[]): Promise<void> {
  const applied = await Promise.all(crds.map((crd) => applyManifests(client, [crd])));
  await Promise.all(applied.flat().map((crd) => established(client, crd)));
}

async function established(client: KubeClient, applied: CustomResourceDefinition): Promise<void> {
  const { name } = applied.metadata;
  const deadline = Date.now() + ESTABLISHED_WITHIN_MS;
  for (let crd = applied; !isEstablished(crd); crd = await client.get(CRD, { name })) {
    if (Date.now() > deadline)
      throw new SympoziumError('api_unavailable', `the API server does not serve ${name} after 15 s.`);
    await pause(LOOK_EVERY_MS);
  }
}

const isEstablished = (crd: CustomResourceDefinition): boolean =>
  crd.status?.conditions?.some((c) => c.type === 'Established' && c.status === 'True') ?? false;
