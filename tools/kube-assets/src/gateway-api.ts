import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { SympoziumError } from '@sympozium/api';
import { cacheRoot, goModule, pinnedVersion } from './find-kube-assets.js';

const MODULE = 'sigs.k8s.io/gateway-api';
/** Of the standard channel: what a route to a Service needs. */
const CRDS = ['gatewayclasses', 'gateways', 'httproutes'].map((plural) => `gateway.networking.k8s.io_${plural}.yaml`);

/**
 * Paths of the Gateway API’s CRDs, GatewayClass, Gateway and HTTPRoute: from the cache, else from the Go module that
 * tools/kube-assets/gateway-api pins, whose checksum Go compares. Throws `KUBE_ASSETS_MISSING` when that cannot be had.
 */
export async function ensureGatewayApi(env: NodeJS.ProcessEnv = process.env): Promise<readonly string[]> {
  const pins = join(dirname(goModule()), 'gateway-api');
  const version = pinnedVersion(readFileSync(join(pins, 'go.mod'), 'utf8'), MODULE);
  const folder = join(cacheRoot(env), 'gateway-api', version);
  if (!existsSync(folder)) keep(await download(pins, env), folder);
  return CRDS.map((file) => join(folder, file));
}

/** Folder of the module’s sources. */
async function download(pins: string, env: NodeJS.ProcessEnv): Promise<string> {
  try {
    const options = { cwd: pins, env: { ...env, GOWORK: 'off', GOFLAGS: '-mod=mod' } };
    const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', MODULE], options);
    return (JSON.parse(stdout) as { Dir: string }).Dir;
  } catch (cause) {
    const { stdout = '', message } = cause as { stdout?: string; message: string };
    throw new SympoziumError(
      'KUBE_ASSETS_MISSING',
      `The CRDs of the Gateway API are not here, and Go cannot download ${MODULE}: ${errorOf(stdout) ?? message}`,
      { cause },
    );
  }
}

const errorOf = (stdout: string): string | undefined =>
  stdout.startsWith('{') ? (JSON.parse(stdout) as { Error?: string }).Error : undefined;

/** Copies beside the folder and renames, so that it is there whole or not at all. */
function keep(sources: string, folder: string): void {
  mkdirSync(dirname(folder), { recursive: true });
  const unfinished = mkdtempSync(`${folder}.`);
  for (const file of CRDS) copyFileSync(join(sources, 'config', 'crd', 'standard', file), join(unfinished, file));
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true });
    if (!existsSync(folder)) throw error; // else another process was faster
  }
}
