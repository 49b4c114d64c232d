import type { AgentRun, KubeObject } from '@sympozium/api';
import { HTTP_ROUTE } from '@sympozium/plugin-sdk/manifests';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuditLine } from '../fixture/audit.js';
import { installGatewayApi, isGatewayApiMissing, removeGatewayApi } from '../fixture/gateway-api.js';
import { GatewayDouble } from '../fixture/gateway-double.js';
import { Served } from '../fixture/served.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { Sympozium } from '../fixture/sympozium.js';
import { until } from '../fixture/until.js';

const GATEWAY = { name: 'public', sectionName: 'http' };
/** The operator looks for the Gateway API every 10 s. */
const APPEARS_MS = 30_000;

const it = test.skipIf(await isGatewayApiMissing());

let system: Sympozium;
let gateway: GatewayDouble | undefined;
let served: Served;
let plugins: string;

beforeAll(async () => {
  const { folder } = suiteCluster();
  mkdirSync(join(folder, 'gateway'), { recursive: true });
  plugins = join(folder, 'gateway', 'plugins.yaml');
  writeFileSync(plugins, 'plugins: []\n');
  system = await Sympozium.start(suiteCluster(), {
    name: 'gateway',
    proxy: false,
    operatorEnv: { SYMPOZIUM_PLUGINS: plugins },
  });
});

afterAll(async () => {
  await gateway?.stop();
  await removeGatewayApi(system.admin);
  await system?.stop();
});

const routeAccepted = ({ status }: AgentRun) => status.conditions?.find(({ type }) => type === 'RouteAccepted');

/** The run once its condition RouteAccepted has this reason. */
const saying = (reason: string, withinMs = APPEARS_MS): Promise<AgentRun> =>
  until(
    `RouteAccepted is ${reason}`,
    async () => {
      const run = await served.serverRun();
      return run && routeAccepted(run)?.reason === reason && run;
    },
    withinMs,
  );

it('is not needed: without the Gateway API a condition says so, and all else works', async () => {
  served = await Served.create(system, 'routed', {
    endpoint: { hostname: 'agent.example.com', gateway: GATEWAY },
  });
  await served.serving();
  const run = await saying('GatewayApiMissing');
  expect(routeAccepted(run)?.message).toContain('Install the Gateway API');
  expect(await served.ask('Without a gateway')).toBe('Without a gateway');
});

it('gets its route when the Gateway API appears, without a restart, and says so when the Gateway has accepted it', async () => {
  await installGatewayApi(system.admin);
  await saying('Waiting');
  gateway = await GatewayDouble.start(system.admin, {
    namespace: system.namespace,
    name: 'public',
    listeners: [{ name: 'http', hostname: '*.example.com' }],
  });
  const run = await saying('Accepted');
  expect(run.status.endpoint).toMatchObject({ hostname: 'agent.example.com' });
  expect((await served.get(HTTP_ROUTE, served.run))?.spec).toMatchObject({
    hostnames: ['agent.example.com'],
    parentRefs: [{ name: 'public', sectionName: 'http' }],
    rules: [{ backendRefs: [{ name: served.run, port: 8080 }], timeouts: { request: '0s' } }],
  });
});

it('shows a host name that no listener has, and a route that is not allowed', async () => {
  await served.patchInstance({ spec: { endpoint: { hostname: 'agent.elsewhere.net' } } });
  await saying('ListenerMissing');
  await served.patchInstance({ spec: { endpoint: { hostname: 'agent.example.com' } } });
  await saying('Accepted');
  await served.patchInstance({ spec: { endpoint: { gateway: { name: 'public', sectionName: 'missing' } } } });
  await saying('ListenerMissing');
  await served.patchInstance({ spec: { endpoint: { gateway: GATEWAY } } });
  await saying('Accepted');
  gateway?.judge({ reason: 'NotAllowedByListeners', message: 'only from namespace edge' });
  const run = await saying('RouteRefused');
  expect(routeAccepted(run)?.message).toContain('only from namespace edge');
  gateway?.judge('by listeners');
  await saying('Accepted');
});

it('reports a host name that an older route of somebody else has, and is free of it when that one goes', async () => {
  await system.admin.create(HTTP_ROUTE, {
    apiVersion: HTTP_ROUTE.apiVersion,
    kind: HTTP_ROUTE.kind,
    metadata: { name: 'aged', namespace: system.namespace },
    spec: {
      parentRefs: [GATEWAY],
      hostnames: ['taken.example.com'],
      rules: [{ backendRefs: [{ name: served.run, port: 8080 }] }],
    },
  } as KubeObject);
  const other = await Served.create(system, 'late', { endpoint: { hostname: 'taken.example.com', gateway: GATEWAY } });
  const first = served;
  served = other;
  const run = await saying('HostnameConflict');
  expect(routeAccepted(run)?.message).toContain(`${system.namespace}/aged`);
  await system.admin.delete(HTTP_ROUTE, { namespace: system.namespace, name: 'aged' });
  await saying('Accepted');
  await other.deleteInstance();
  served = first;
});

it('gets its route back when it is deleted or edited, in one write', async () => {
  const isOfRoute = ({ objectRef }: AuditLine): boolean =>
    objectRef?.resource === 'httproutes' && objectRef.name === served.run; // another's may still be taken down
  const writes = (): number => system.writes().filter(isOfRoute).length;
  await system.quiet();
  const key = { namespace: system.namespace, name: served.run };
  const before = writes();
  await system.admin.delete(HTTP_ROUTE, key);
  await until('the route is back', async () => served.get(HTTP_ROUTE, served.run));
  await system.admin.patch(HTTP_ROUTE, key, { type: 'merge', body: { spec: { hostnames: ['evil.example.com'] } } });
  await until('the route is as it was', async () => {
    const route = await served.get(HTTP_ROUTE, served.run);
    return route?.spec.hostnames[0] === 'agent.example.com';
  });
  await system.quiet();
  expect(writes() - before).toBe(2);
});

it('loses its route, and nothing else, when the plugin is switched off, and gets it back', async () => {
  const before = await served.pods();
  await system.operator.stop();
  writeFileSync(plugins, 'plugins:\n  - package: "@sympozium/mode-gateway"\n    enabled: false\n');
  await system.startOperator();
  await until('the route is gone', async () => (await served.get(HTTP_ROUTE, served.run)) === undefined);
  await until('nothing is said of a route', async () => !routeAccepted(await served.serving()));
  expect(await served.pods()).toEqual(before);
  await system.operator.stop();
  writeFileSync(plugins, 'plugins: []\n');
  await system.startOperator();
  await saying('Accepted');
});

it('goes on without the Gateway API when that is removed, and is deleted without it', async () => {
  await gateway?.stop();
  gateway = undefined;
  await removeGatewayApi(system.admin);
  await saying('GatewayApiMissing');
  expect(await served.ask('Still here')).toBe('Still here');
  await installGatewayApi(system.admin);
  await until('the route is back', async () => served.get(HTTP_ROUTE, served.run), APPEARS_MS);
  await removeGatewayApi(system.admin);
  await served.deleteInstance();
  await until('nothing of it is left', async () => (await served.remains()).length === 0, 60_000);
});
