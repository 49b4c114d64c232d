import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { clientFromKubeconfig } from '@sympozium/kube/kubeconfig';
import { ensureKubeAssets, startControlPlane } from '@sympozium/kube-assets';
import { ApiServer } from './api-server.js';
import { generatedFiles } from './generated-files.js';

/** Writes every generated file, or with `--check` only tells which are not what the server says. */
const check = process.argv.includes('--check');
const files = await fromRealServer(generatedFiles);
for (const [path, text] of files) {
  if (check) compare(path, text);
  else write(path, text);
}

async function fromRealServer<T>(ask: (server: ApiServer) => Promise<T>): Promise<T> {
  const assets = await ensureKubeAssets({ onProgress: (line) => console.error(line) });
  const folder = mkdtempSync(join(tmpdir(), 'kube-schemas-'));
  const plane = await startControlPlane({ folder, assets, durable: false, controllers: false });
  try {
    const { client, connection } = await clientFromKubeconfig({ kubeconfig: plane.kubeconfig });
    await client.close();
    return await ask(new ApiServer(connection));
  } finally {
    await plane.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  console.log(path);
}

function compare(path: string, text: string): void {
  if (committed(path) === text) return;
  console.error(`${path} is not what the API server says: npm run generate:kube-schemas`);
  process.exitCode = 1;
}

function committed(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
