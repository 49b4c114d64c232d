import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kind, KubeObject } from '@sympozium/api';
import { isNotFound, type KubeClient } from '@sympozium/kube';
import { clientFromKubeconfig } from '@sympozium/kube/kubeconfig';
import { hasCondition } from './conditions.js';
import { gatewayFiles } from './gateway-files.js';
import { GATEWAY_VALUES, renderValues } from './gateway-values.js';
import { Helm } from './helm.js';
import { archiveOf, IMAGES, type NodeImage } from './images.js';
import { applyObjects, readObjects } from './manifests.js';
import { projectFile } from './project-file.js';
import type { RealNode } from './real-node.js';
import { START_WITHIN_MS, waitUntil } from './wait.js';

/** An Envoy Gateway that runs on a node, installed by its own chart. */
export interface Gateway {
  /** What a Gateway names; it then gets a ClusterIP, which this machine reaches, as its address. */
  readonly gatewayClass: 'envoy';
  /** Removes class and controller. Gateways that are left stay as they are, unserved. */
  stop(): Promise<void>;
}

const RELEASE = 'eg';
const NAMESPACE = 'envoy-gateway-system';
const GATEWAY_CLASS = 'envoy';
/** With its namespace, and until it runs. */
const WHOLE = ['--create-namespace', '--wait', '--timeout=120s'];
const GATEWAY_IMAGES: readonly NodeImage[] = ['envoy', 'envoyGateway'];

const CLASS: Kind = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'GatewayClass',
  plural: 'gatewayclasses',
  namespaced: false,
};

export interface GatewayOptions {
  /** Gives the start up. */
  readonly signal?: AbortSignal;
}

/** Installs Envoy Gateway on a node; ready when its GatewayClass is accepted. */
export async function startGateway(node: RealNode, { signal }: GatewayOptions = {}): Promise<Gateway> {
  const { client } = await clientFromKubeconfig({ kubeconfig: node.kubeconfig });
  try {
    await Promise.all([importImages(node), installCrds(client, node)]);
    await new Helm(node, NAMESPACE, signal).run('upgrade', '--install', RELEASE, ...chartOf(node), ...WHOLE);
    await applyObjects(client, readObjects(projectFile('manifests/gateway.yaml'), { ENVOY: IMAGES.envoy }));
    const accepted = () => hasCondition(client, CLASS, { name: GATEWAY_CLASS }, 'Accepted');
    await waitUntil(accepted, { what: 'Accepted: the GatewayClass', withinMs: START_WITHIN_MS, failed: node.failed });
  } finally {
    await client.close();
  }
  return { gatewayClass: GATEWAY_CLASS, stop: () => removeGateway(node) };
}

async function importImages(node: RealNode): Promise<void> {
  for (const image of GATEWAY_IMAGES) await node.importImage(join(node.assets.images, archiveOf(image)));
}

interface Crd extends KubeObject {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string; readonly plural: string };
    readonly scope: 'Namespaced' | 'Cluster';
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
}

/** Resolves when the server serves the kinds. Discovery says so in few bytes, which these CRDs are not. */
async function installCrds(client: KubeClient, { assets, failed }: RealNode): Promise<void> {
  const crds = JSON.parse(readFileSync(gatewayFiles(assets.gateway).crds, 'utf8')) as Crd[];
  await Promise.all(crds.map((crd) => applyObjects(client, [crd])));
  for (const kind of crds.map(servedKind)) {
    const what = `served: ${kind.plural}`;
    await waitUntil(() => client.serves(kind), { what, withinMs: START_WITHIN_MS, failed });
  }
}

function servedKind({ spec: { group, names, scope, versions } }: Crd): Kind {
  const version = versions.find(({ served }) => served)?.name ?? '';
  return { apiVersion: `${group}/${version}`, ...names, namespaced: scope === 'Namespaced' };
}

/** Chart and values, as arguments. */
function chartOf(node: RealNode): string[] {
  const { chart } = gatewayFiles(node.assets.gateway);
  const folder = join(node.folder, 'gateway');
  mkdirSync(folder, { recursive: true });
  const [standard, own] = [join(folder, 'chart-values.yaml'), join(folder, 'values.json')];
  writeFileSync(standard, renderValues(readFileSync(join(chart, 'values.tmpl.yaml'), 'utf8')));
  writeFileSync(own, JSON.stringify(GATEWAY_VALUES, undefined, 2));
  return [chart, `--values=${standard}`, `--values=${own}`, '--skip-crds'];
}

async function removeGateway(node: RealNode): Promise<void> {
  const { client } = await clientFromKubeconfig({ kubeconfig: node.kubeconfig });
  try {
    await client.delete(CLASS, { name: GATEWAY_CLASS }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
    const gone = () => client.get(CLASS, { name: GATEWAY_CLASS }).then(() => false, isNotFound);
    await waitUntil(gone, { what: 'gone: the GatewayClass', withinMs: START_WITHIN_MS, failed: node.failed });
  } finally {
    await client.close();
  }
  await new Helm(node, NAMESPACE).run('uninstall', RELEASE, '--wait');
}
