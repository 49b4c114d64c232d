import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The chart, and the CRDs of Gateway API (standard channel) and Envoy Gateway, in a folder of assets. */
export const gatewayFiles = (folder: string) => ({ chart: join(folder, 'chart'), crds: join(folder, 'crds') });

/** Copies them out of the modules that Envoy Gateway is compiled from. */
export async function copyGatewayFiles(module: string, folder: string): Promise<void> {
  const { chart, crds } = gatewayFiles(folder);
  const [gateway, gatewayApi] = await Promise.all(
    ['github.com/envoyproxy/gateway', 'sigs.k8s.io/gateway-api'].map((name) => sourcesOf(module, name)),
  );
  cpSync(join(gateway ?? '', 'charts', 'gateway-helm'), chart, { recursive: true, mode: 0 });
  mkdirSync(crds, { recursive: true });
  copyCrds(join(gatewayApi ?? '', 'config', 'crd', 'standard'), crds);
  copyCrds(join(gateway ?? '', 'charts', 'gateway-crds-helm', 'templates', 'generated'), crds);
}

/** Folder of a module’s sources, which Go has fetched by now. */
async function sourcesOf(module: string, name: string): Promise<string> {
  const { stdout } = await promisify(execFile)('go', ['list', '-m', '-f', '{{.Dir}}', name], { cwd: module });
  return stdout.trim();
}

/** CRDs alone: not the policies beside them, and without the lines that only Helm understands. */
function copyCrds(from: string, to: string): void {
  for (const file of readdirSync(from)) {
    const text = readFileSync(join(from, file), 'utf8').replace(/^\{\{.*\n/gm, '');
    if (/^kind: CustomResourceDefinition$/m.test(text)) writeFileSync(join(to, file), text);
  }
}
