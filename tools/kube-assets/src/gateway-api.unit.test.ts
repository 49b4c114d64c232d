import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ensureGatewayApi } from './gateway-api.js';

const FILES = ['gatewayclasses', 'gateways', 'httproutes'].map((plural) => `gateway.networking.k8s.io_${plural}.yaml`);
let root: string;

beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'gateway-api-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A machine whose `go` answers a download like this. */
function machine(answer: object, exitCode: number): NodeJS.ProcessEnv {
  const bin = join(root, 'bin');
  mkdirSync(bin);
  const script = `#!/bin/sh\n[ "$*" = 'mod download -json sigs.k8s.io/gateway-api' ] || exit 9\ncat <<'END'\n`;
  writeFileSync(join(bin, 'go'), `${script}${JSON.stringify(answer)}\nEND\nexit ${exitCode}\n`, { mode: 0o755 });
  return { PATH: `${bin}:/usr/bin:/bin`, SYMPOZIUM_CACHE_DIR: join(root, 'cache') };
}

it('takes the three CRDs from the pinned module once, and then from the cache', async () => {
  const module = join(root, 'module');
  const standard = join(module, 'config', 'crd', 'standard');
  mkdirSync(standard, { recursive: true });
  for (const file of [...FILES, 'other.yaml']) writeFileSync(join(standard, file), file);
  const env = machine({ Dir: module }, 0);

  const first = await Promise.all([ensureGatewayApi(env), ensureGatewayApi(env)]);
  rmSync(module, { recursive: true });
  rmSync(join(root, 'bin'), { recursive: true });
  const again = await ensureGatewayApi(env);
  expect([...first, again].map((paths) => paths.map((path) => path.split('/').at(-1)))).toEqual([FILES, FILES, FILES]);
  expect(readdirSync(join(root, 'cache', 'gateway-api'))).toEqual([expect.stringMatching(/^v1\.\d+\.\d+$/)]);
});

it('says what is missing when Go is, or cannot reach anybody', async () => {
  const missing = { code: 'KUBE_ASSETS_MISSING', message: expect.stringContaining('no such host') as string };
  await expect(ensureGatewayApi(machine({ Error: 'proxy: no such host' }, 1))).rejects.toMatchObject(missing);
  const none = { PATH: root, SYMPOZIUM_CACHE_DIR: join(root, 'cache') };
  await expect(ensureGatewayApi(none)).rejects.toThrow(/The CRDs of the Gateway API are not here.*spawn go ENOENT/);
});
