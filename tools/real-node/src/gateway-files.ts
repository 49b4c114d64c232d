import { execFile } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { KubeObject } from '@sympozium/api';
import { parseObjects } from './manifests.js';

/** The chart, and a file with the CRDs of Gateway API (standard channel) and Envoy Gateway, in a folder of assets. */
export const gatewayFiles = (folder: string) => ({ chart: join(folder, 'chart'), crds: join(folder, 'crds.json') });

/** Copies them out of the modules that Envoy Gateway is compiled from. */
export async function copyGatewayFiles(module: string, folder: string): Promise<void> {
  const { chart, crds } = gatewayFiles(folder);
  const [gateway, gatewayApi] = await Promise.all(
    ['github.com/envoyproxy/gateway', 'sigs.k8s.io/gateway-api'].map((name) => sourcesOf(module, name)),
  );
  cpSync(join(gateway ?? '', 'charts', 'gateway-helm'), chart, { recursive: true, mode: 0 });
  const objects = [
    ...readCrds(join(gatewayApi ?? '', 'config', 'crd', 'standard')),
    ...readCrds(join(gateway ?? '', 'charts', 'gateway-crds-helm', 'templates', 'generated')),
  ];
  writeFileSync(crds, JSON.stringify(objects)); // which is read sooner than 4 MB of YAML
}

/** Folder of a module’s sources, which Go has fetched by now. */
async function sourcesOf(module: string, name: string): Promise<string> {
  const { stdout } = await promisify(execFile)('go', ['list', '-m', '-f', '{{.Dir}}', name], { cwd: module });
  return stdout.trim();
}

/** CRDs alone: not the policies beside them, and without the lines that only Helm understands. */
export function readCrds(folder: string): KubeObject[] {
  const texts = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8').replace(/^\{\{.*\n/gm, ''));
  return texts.flatMap(parseObjects).filter(({ kind }) => kind === 'CustomResourceDefinition');
}
