import {
  ensureNodeAssets,
  nodeSupported,
  residueOf,
  startGateway,
  startRealNode,
  writeProgramImage,
} from '@sympozium/real-node';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type {} from './fixture/node-access.js';

const NODE_IMAGE = 'localhost/sympozium/node:suite';

const say = (line: string): void => console.error(line);

/** One real node with a gateway for the whole suite; a machine that cannot have it skips the suite, and says why. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const missing = nodeSupported();
  if (missing !== undefined) {
    provide('node', { missing });
    return async () => {};
  }
  const assets = await ensureNodeAssets({ onProgress: say });
  const folder = mkdtempSync(join(tmpdir(), 'sympozium-node-'));
  const image = join(folder, 'node.tar');
  writeProgramImage(image, { reference: NODE_IMAGE, program: process.execPath, path: '/bin/node' });
  const node = await startRealNode({ folder: join(folder, 'cluster'), assets, images: [image], onProgress: say });
  const { gatewayClass } = await startGateway(node).catch(async (error: unknown) => {
    await node.stop();
    throw error;
  });
  const { kubeconfig, server, auditLog, name, host, enter } = node;
  const access = { folder, kubeconfig, server, auditLog, name, host, enter, gatewayClass, nodeImage: NODE_IMAGE };
  provide('node', { node: access });
  return async () => {
    await node.stop();
    const left = residueOf(node.folder);
    if (left.length > 0) throw new Error(`the node left something on this machine: ${left.join(', ')}`);
    rmSync(folder, { recursive: true, force: true });
  };
}
