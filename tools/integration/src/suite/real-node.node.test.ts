import type { KubeObject } from '@sympozium/api';
import type { HttpKubeClient } from '@sympozium/kube';
import { clientFromKubeconfig } from '@sympozium/kube/kubeconfig';
import { Containerd } from '@sympozium/real-node';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { suiteNode, type NodeAccess } from '../fixture/node-access.js';
import * as objects from '../fixture/node-objects.js';
import { until } from '../fixture/until.js';

const { DEPLOYMENT, GATEWAY, HTTP_ROUTE, isTrue, JOB, NAMESPACE, NODE, POD, SERVICE } = objects;
const { node, missing } = suiteNode();
const WITHIN_MS = 60_000;
const NS = 'real-node';

describe.skipIf(node === undefined)(
  missing === undefined ? 'the real node' : `the real node (skipped: ${missing})`,
  () => {
    const { kubeconfig, name, enter, gatewayClass, nodeImage } = node ?? ({} as NodeAccess);
    let client: HttpKubeClient;

    beforeAll(async () => {
      ({ client } = await clientFromKubeconfig({ kubeconfig }));
      const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
      await client.create(NAMESPACE, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NS, labels } });
      await until('the namespace takes Pods', () =>
        client.raw('GET', `/api/v1/namespaces/${NS}/serviceaccounts/default`).then(
          () => true,
          () => false,
        ),
      );
      await deployEcho();
    });
    afterAll(async () => {
      await client.delete(NAMESPACE, { name: NS });
      await client.close();
    });

    it('is Ready, and a kubelet’s with containerd', async () => {
      const { status } = await client.get(NODE, { name });
      expect(status).toMatchObject({
        nodeInfo: { kubeletVersion: 'v1.37.2', containerRuntimeVersion: expect.stringMatching(/^containerd:/) },
      });
      expect(await isTrue(client, NODE, { name }, 'Ready')).toBe(true);
      const containers = await new Containerd(enter).containers();
      expect(containers).toContainEqual(expect.objectContaining({ namespace: 'kube-system', name: 'coredns' }));
    });

    it('completes a Job, whose log is read and whose container has nothing that it need not have', async () => {
      const log = await runJob('inner', [
        objects.scriptContainer(
          'main',
          nodeImage,
          `
        import { readFileSync, writeFileSync } from 'node:fs';
        let root = 'writable';
        try { writeFileSync('/x', '') } catch ({ code }) { root = code }
        const [, capabilities] = /CapEff:\\s*(\\w+)/.exec(readFileSync('/proc/self/status', 'utf8'));
        console.log(JSON.stringify({ user: process.getuid(), root, capabilities }));`,
        ),
      ]);
      expect(JSON.parse(log)).toEqual({ user: 65532, root: 'EROFS', capabilities: '0000000000000000' });
    });

    it('starts a sidecar before the main container, joins their network, and ends it after', async () => {
      const sidecar = objects.scriptContainer(
        'sidecar',
        nodeImage,
        `
      import { createServer } from 'node:http';
      process.on('SIGTERM', () => { console.log('ended'); process.exit(0) });
      createServer((_, response) => response.end('from the sidecar')).listen(8080);`,
        { restartPolicy: 'Always', startupProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 } },
      );
      const main = objects.scriptContainer(
        'main',
        nodeImage,
        `console.log(await (await fetch('http://127.0.0.1:8080')).text());`,
      );
      expect(await runJob('sidecar', [main], [sidecar])).toBe('from the sidecar\n');
      expect(await logOf('sidecar', 'sidecar')).toBe('ended\n');
    });

    it('lets Pods reach a Service by name and by ClusterIP, and the API by the name that every cluster has', async () => {
      const address = await clusterIp('echo');
      const log = await runJob('asks', [
        objects.scriptContainer(
          'main',
          nodeImage,
          `
        import { lookup } from 'node:dns/promises';
        for (const host of ['echo', 'echo.${NS}.svc.cluster.local', '${address}'])
          console.log(await (await fetch('http://' + host + '/here')).text());
        console.log((await lookup('kubernetes.default.svc')).address);`,
        ),
      ]);
      const { address: api } = { address: await clusterIp('kubernetes', 'default') };
      expect(log.trim().split('\n')).toEqual([...Array<string>(3).fill('echo of /here'), api]);
    });

    it('lets this machine reach Pods and Services', async () => {
      expect(await (await fetch(`http://${await clusterIp('echo')}/there`)).text()).toBe('echo of /there');
      const pods = await client.list(POD, { namespace: NS, labelSelector: 'app=echo' });
      const [pod] = pods.items as (KubeObject & { status?: { podIP?: string } })[];
      expect(await (await fetch(`http://${pod?.status?.podIP}:8080/pod`)).text()).toBe('echo of /pod');
    });

    it('refuses Pods that are not as strict as their namespace wants', async () => {
      const containers = [{ name: 'main', image: nodeImage }];
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'root', namespace: NS }, spec: { containers } };
      await expect(client.create(POD, pod)).rejects.toThrow(/violates PodSecurity "restricted/);
    });

    it('answers this machine through a Gateway that a route names', async () => {
      await client.create(GATEWAY, {
        apiVersion: GATEWAY.apiVersion,
        kind: 'Gateway',
        metadata: { name: 'web', namespace: NS },
        ...{ spec: { gatewayClassName: gatewayClass, listeners: [{ name: 'http', protocol: 'HTTP', port: 80 }] } },
      });
      await client.create(HTTP_ROUTE, {
        apiVersion: HTTP_ROUTE.apiVersion,
        kind: 'HTTPRoute',
        metadata: { name: 'echo', namespace: NS },
        ...{
          spec: {
            parentRefs: [{ name: 'web' }],
            hostnames: ['echo.example'],
            rules: [{ backendRefs: [{ name: 'echo', port: 80 }] }],
          },
        },
      });
      const [gateway, route] = [
        { namespace: NS, name: 'web' },
        { namespace: NS, name: 'echo' },
      ];
      await until('the Gateway is programmed', () => isTrue(client, GATEWAY, gateway, 'Programmed'), WITHIN_MS);
      await until('the route is accepted', () => isTrue(client, HTTP_ROUTE, route, 'Accepted'), WITHIN_MS);
      const { status } = await client.get(GATEWAY, gateway);
      const address = status?.addresses?.[0]?.value ?? '';
      expect(address).not.toBe('');
      await until('Envoy knows the route', async () => (await get(address, 'echo.example')).status === 200, WITHIN_MS);
      expect(await get(address, 'echo.example')).toEqual({ status: 200, body: 'echo of /' });
      expect((await get(address, 'other.example')).status).toBe(404);
    });

    /** A Deployment and its Service, which answer with the path that was asked for. */
    async function deployEcho(): Promise<void> {
      const server = `
      import { createServer } from 'node:http';
      process.on('SIGTERM', () => process.exit(0));
      createServer(({ url }, response) => response.end('echo of ' + url)).listen(8080);`;
      const readinessProbe = { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 };
      const containers = [objects.scriptContainer('echo', nodeImage, server, { readinessProbe })];
      const metadata = { name: 'echo', namespace: NS };
      const labels = { app: 'echo' };
      const template = { metadata: { labels }, spec: { ...objects.RESTRICTED_POD, containers } };
      const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata };
      await client.create(DEPLOYMENT, { ...deployment, ...{ spec: { selector: { matchLabels: labels }, template } } });
      const spec = { selector: labels, ports: [{ port: 80, targetPort: 8080 }] };
      await client.create(SERVICE, { apiVersion: 'v1', kind: 'Service', metadata, ...{ spec } });
      await until('the Deployment is available', () => isTrue(client, DEPLOYMENT, metadata, 'Available'), WITHIN_MS);
    }

    /** Runs a Job until it is complete; resolves with the log of its container `main`. */
    async function runJob(job: string, containers: object[], initContainers: object[] = []): Promise<string> {
      const key = { name: job, namespace: NS };
      const pod = { ...objects.RESTRICTED_POD, restartPolicy: 'Never', initContainers, containers };
      const spec = { backoffLimit: 0, template: { spec: pod } };
      await client.create(JOB, { apiVersion: 'batch/v1', kind: 'Job', metadata: key, ...{ spec } });
      const ended = async () =>
        (await isTrue(client, JOB, key, 'Complete')) || (await isTrue(client, JOB, key, 'Failed'));
      await until(`the Job ${job} has ended`, ended, WITHIN_MS);
      const log = await logOf(job, 'main');
      expect(await isTrue(client, JOB, key, 'Complete'), log).toBe(true);
      return log;
    }

    async function logOf(job: string, container: string): Promise<string> {
      const { items } = await client.list(POD, objects.jobPods(NS, job));
      const key = { namespace: NS, name: items[0]?.metadata.name ?? '' };
      return text(await client.logs(key, { container }));
    }

    async function clusterIp(service: string, namespace = NS): Promise<string> {
      const { spec } = await client.get(SERVICE, { namespace, name: service });
      return spec?.clusterIP ?? '';
    }
  },
);

/** One GET with a Host of its own, which `fetch` does not allow. */
function get(address: string, host: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    request({ host: address, headers: { host }, agent: false }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode, body }), reject);
    })
      .once('error', reject)
      .end();
  });
}
