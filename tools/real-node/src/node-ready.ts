import { clientFromKubeconfig } from '@sympozium/kube/kubeconfig';
import { accepts } from './accepts.js';
import type { AddressPlan } from './address-plan.js';
import { DEPLOYMENT, hasCondition, NODE } from './conditions.js';
import { IMAGES } from './images.js';
import { applyObjects, readObjects } from './manifests.js';
import { NODE_NAME } from './node-config.js';
import { projectFile } from './project-file.js';
import { START_WITHIN_MS, waitUntil, type WaitOptions } from './wait.js';

type Waiting = Pick<WaitOptions, 'failed' | 'signal'>;

/** Gives the cluster what every cluster has, and waits until Pods run and names resolve. */
export async function makeReady(kubeconfig: string, plan: AddressPlan, waiting: Waiting): Promise<void> {
  const { client } = await clientFromKubeconfig({ kubeconfig });
  const wait = { ...waiting, withinMs: START_WITHIN_MS };
  try {
    // A Pod that asks for a Service before kube-proxy knows it waits for half a minute.
    const service = { host: plan.kubernetes, port: 443 };
    await waitUntil(() => accepts(service), { what: 'reached through its Service: the API server', ...wait });
    await applyObjects(
      client,
      readObjects(projectFile('manifests/node.yaml'), { COREDNS: IMAGES.coredns, DNS: plan.dns }),
    );
    const node = { name: NODE_NAME };
    await waitUntil(() => hasCondition(client, NODE, node, 'Ready'), { what: 'Ready: the node', ...wait });
    const dns = { namespace: 'kube-system', name: 'coredns' };
    await waitUntil(() => hasCondition(client, DEPLOYMENT, dns, 'Available'), { what: 'Available: CoreDNS', ...wait });
  } finally {
    await client.close();
  }
}
