import { buildImages, buildSupported, type BuiltImage } from '@sympozium/images';
import type { HttpKubeClient } from '@sympozium/kube';
import { clientFromKubeconfig } from '@sympozium/kube/kubeconfig';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { requestToken } from '../fixture/account-kubeconfig.js';
import { startEmbeddedCluster } from '../fixture/embedded-cluster.js';
import { ImageContainer, type ContainerProcess, type RunOptions } from '../fixture/image-container.js';
import type { RunningCluster } from '../fixture/start-cluster.js';

const missing = buildSupported();
const APPS = ['operator', 'web-proxy', 'agent-runner'] as const;
type App = (typeof APPS)[number];

const MOST_BYTES = 15_000_000;
const USER = '65532';
const VERSION = '0.1.0';
const SERVER_ENV = {
  operator: { HOST: '127.0.0.1', PORT: '0', LEADER_ELECTION: 'false' },
  'web-proxy': {
    HOST: '127.0.0.1',
    PORT: '0',
    STREAM_PORT: '0',
    METRICS_PORT: '0',
    DRAIN_MS: '0',
    SYMPOZIUM_KEYS_DIR: '/credentials/keys',
  },
} as const;
const INPUT = {
  v: 1,
  model: { provider: 'echo' },
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello from an image' }] }],
};

describe.skipIf(missing !== undefined)(missing === undefined ? 'images' : `images (skipped: ${missing})`, () => {
  let out: string;
  let cluster: RunningCluster;
  const images = new Map<string, BuiltImage>();
  const files = new Map<string, ImageContainer>();
  const running: ContainerProcess[] = [];

  beforeAll(async () => {
    out = mkdtempSync(join(tmpdir(), 'sympozium-images-suite-'));
    cluster = await startEmbeddedCluster();
    for (const image of await buildImages({ out })) {
      images.set(image.app, image);
      files.set(image.app, await ImageContainer.unpack(image.archive));
    }
    const { client } = await clientFromKubeconfig({ kubeconfig: cluster.access.admin });
    await writeCredentials(client, cluster, join(out, 'credentials'));
    await client.close();
  });

  afterEach(() => Promise.all(running.splice(0).map((container) => container.kill())));

  afterAll(async () => {
    for (const container of files.values()) await container.remove();
    await cluster?.stop();
    await rm(out, { recursive: true, force: true });
  });

  const run = (app: App, options: RunOptions): ContainerProcess => {
    const container = files.get(app)?.run({ credentials: join(out, 'credentials'), ...options });
    if (container === undefined) throw new Error(`${app} was not built`);
    running.push(container);
    return container;
  };

  const serve = (app: keyof typeof SERVER_ENV): ContainerProcess => {
    const { hostname, port } = new URL(cluster.access.server);
    const api = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
    return run(app, { env: { ...api, SYMPOZIUM_SERVICEACCOUNT_DIR: '/credentials', ...SERVER_ENV[app] } });
  };

  describe.each(APPS)('%s', (app) => {
    it('is an archive that names its image, small above its base, for a user that is not root', () => {
      const { reference, archive, layers } = images.get(app) ?? ({} as BuiltImage);
      expect(reference).toBe(`docker.io/sympozium/${app}:${VERSION}`);
      expect(archive).toBe(join(out, `${app}-${VERSION}.tar`));
      expect(layers.length).toBeGreaterThan(0);
      for (const { bytes } of layers) expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
      const image = files.get(app)?.image;
      expect(image).toMatchObject({
        reference,
        config: {
          os: 'linux',
          config: {
            User: `${USER}:${USER}`,
            Entrypoint: ['node', '/app/main.mjs'],
            Labels: { 'org.opencontainers.image.version': VERSION, 'org.opencontainers.image.licenses': 'Apache-2.0' },
          },
        },
      });
      expect(image?.layers.slice(-layers.length)).toEqual(layers);
    });

    it('has an SBOM of its bundle and its base', () => {
      const bom = JSON.parse(readFileSync(images.get(app)?.sbom ?? '', 'utf8')) as { components: { purl: string }[] };
      const purls = bom.components.map(({ purl }) => purl);
      for (const one of [`pkg:npm/%40sympozium/${app}@${VERSION}`, 'pkg:generic/node@24.', 'pkg:deb/debian/libc6@'])
        expect(purls.filter((purl) => purl.startsWith(one))).toHaveLength(1);
    });
  });

  describe.each(['operator', 'web-proxy'] as const)('%s, its root read-only', (app) => {
    it('is ready in a cluster, without any right on its machine, and ends on SIGTERM', async () => {
      const container = serve(app);
      const { afterMs } = await container.line('"msg":"ready"');
      console.log(`${app}: ready ${afterMs.toFixed(0)} ms after its start`); // the goal, 300 ms, is one for a quiet machine
      expect(container.status()).toMatchObject({
        Uid: [USER, USER, USER, USER].join('\t'),
        Groups: expect.stringMatching(/^(65532)? ?$/),
        CapEff: '0000000000000000',
        NoNewPrivs: '1',
        NSpid: expect.stringMatching(/\t1$/),
      });
      expect(await container.stop()).toBe(0);
    });

    it('tells its settings with --help', async () => {
      const container = run(app, { args: ['--help'] });
      expect(await container.ended()).toBe(0);
      expect(container.lines.join('\n')).toContain('[--kubeconfig PATH]');
    });

    it('uses what was compiled when the image was built', async () => {
      const container = run(app, { args: ['--help'], env: { NODE_DEBUG_NATIVE: 'COMPILE_CACHE' } });
      expect(await container.ended()).toBe(0);
      expect(compiled(container)).toContainEqual(expect.stringMatching(/main\.mjs was accepted/));
    });
  });

  describe('agent-runner, its root read-only', () => {
    it('answers a run', async () => {
      const container = run('agent-runner', { env: { SYMPOZIUM_INPUT: '/credentials/input.json' } });
      expect(await container.ended()).toBe(0);
      expect(container.lines.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual(
        expect.arrayContaining(['started', 'delta', 'result']),
      );
      expect(container.lines.join('')).toContain('image');
    });

    it('is cancelled by SIGTERM', async () => {
      const pace = { SYMPOZIUM_ECHO_PACE_MS: '60000' };
      const container = run('agent-runner', { env: { SYMPOZIUM_INPUT: '/credentials/input.json', ...pace } });
      await container.line('"started"');
      expect(await container.stop()).toBe(128 + 15);
      expect(container.lines.at(-1)).toContain('"cancelled"');
    });
  });
});

/** What Node says of its compile cache. */
const compiled = ({ lines }: ContainerProcess): string[] => lines.filter((line) => line.includes('[compile cache]'));

/** A ServiceAccount’s folder as a Pod sees it, of one that may do everything; with a run’s input beside it. */
async function writeCredentials(client: HttpKubeClient, { access }: RunningCluster, folder: string): Promise<void> {
  const account = { namespace: 'default', account: 'default' };
  await client.raw('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'images' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', namespace: account.namespace, name: account.account }],
  });
  mkdirSync(join(folder, 'keys'), { recursive: true });
  writeFileSync(join(folder, 'token'), await requestToken(client, account));
  writeFileSync(join(folder, 'ca.crt'), authorityOf(access.admin));
  writeFileSync(join(folder, 'input.json'), JSON.stringify(INPUT));
}

/** The certificate that a kubeconfig trusts. */
function authorityOf(kubeconfig: string): string {
  const { clusters } = parse(readFileSync(kubeconfig, 'utf8')) as {
    clusters: { cluster: { 'certificate-authority-data'?: string; 'certificate-authority'?: string } }[];
  };
  const { 'certificate-authority-data': data, 'certificate-authority': file = '' } = clusters[0]?.cluster ?? {};
  return data === undefined ? readFileSync(file, 'utf8') : Buffer.from(data, 'base64').toString('utf8');
}
