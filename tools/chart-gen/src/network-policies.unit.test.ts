import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { Network, type Endpoint } from './testing/network.js';
import { podOf, podsOf, render, root, type Rendered } from './testing/rendered.js';

const SERVED = 'default';
const SYSTEM = 'sys';

/** A Pod as a mode makes it, from the mode's golden files. */
function pod(golden: string, kind: string, ports = {}): Endpoint {
  const text = readFileSync(join(root, `libs/modes/${golden}`), 'utf8');
  const objects = parseAllDocuments(text).map((document) => document.toJS() as Rendered);
  return { namespace: SERVED, labels: podOf(objects, kind).labels, ports };
}

const agent = pod('task/src/__golden__/task.hello.yaml', 'Job');
const server = pod('server/src/__golden__/server.yaml', 'Deployment', { http: 8000 });
const anyone: Endpoint = { namespace: 'elsewhere', labels: { app: 'x' } };
const beside: Endpoint = { namespace: SERVED, labels: { app: 'x' } };
const apiServer: Endpoint = { namespace: '', labels: {}, ip: '10.0.0.1' };
const internet: Endpoint = { namespace: '', labels: {}, ip: '203.0.113.7' };
/** What most clouds tell their machines, Alibaba's and Azure's. */
const metadata = ['169.254.169.254', '100.100.100.200', '168.63.129.16'].map((ip) => ({
  namespace: '',
  labels: {},
  ip,
}));
const dns: Endpoint = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };
/** A cache on the node itself. */
const nodeDns: Endpoint = { namespace: '', labels: {}, ip: '169.254.20.10' };
const model: Endpoint = { namespace: 'models', labels: { app: 'ollama' } };
const prometheus: Endpoint = { namespace: 'monitoring', labels: { app: 'prometheus' } };

const only = (name: string) => [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } }];

/** The Pod of one of a chart's objects. */
function ours(objects: readonly Rendered[], of: string): Endpoint {
  const found = podsOf(objects).find((one) => one.of === of);
  if (!found) throw new Error(`no ${of}`);
  return { namespace: SYSTEM, labels: found.labels, ports: { http: 8080, stream: 8081, metrics: 9090 } };
}

describe('by default', () => {
  let network: Network;
  let operator: Endpoint;
  let webProxy: Endpoint;
  let tests: Endpoint[];
  beforeAll(async () => {
    const system = await render('sympozium', { prePull: { enabled: true } });
    const shared = await render('sympozium-web-proxy', { servedNamespace: SERVED });
    network = new Network([...system, ...shared]);
    operator = ours(system, 'Deployment demo-sympozium');
    webProxy = ours(shared, 'Deployment demo-sympozium-web-proxy');
    tests = [ours(system, 'Pod demo-sympozium-test'), ours(shared, 'Pod demo-sympozium-web-proxy-test')];
  });

  it('an agent is reached by nobody', () => {
    for (const caller of [anyone, beside, server, webProxy, operator, agent])
      for (const port of [80, 8080, 8081, 9090]) expect(network.connects(caller, agent, port)).toBe(false);
  });

  it('an agent reaches names, models and MCP servers, but not the cloud’s metadata', () => {
    expect(network.connects(agent, dns, 53)).toBe(true);
    expect(network.connects(agent, internet, 443)).toBe(true);
    expect(network.connects(agent, model, 11_434)).toBe(true);
    for (const told of metadata) expect(network.connects(agent, told, 80), told.ip).toBe(false);
    expect(network.connects(agent, nodeDns, 53)).toBe(true);
  });

  it('an agent posts its frames to a server’s proxy and to a shared one, and nobody else does', () => {
    for (const proxy of [server, webProxy]) {
      expect(network.connects(agent, proxy, 8081)).toBe(true);
      for (const other of [anyone, beside, server, operator]) expect(network.connects(other, proxy, 8081)).toBe(false);
    }
    expect(network.connects({ ...agent, namespace: 'elsewhere' }, webProxy, 8081)).toBe(false);
  });

  it('a server and the shared web proxy answer everybody, at their HTTP port alone', () => {
    expect(network.connects(anyone, server, 8000)).toBe(true);
    expect(network.connects(anyone, webProxy, 8080)).toBe(true);
    expect(network.connects(anyone, server, 8001)).toBe(false);
    expect(network.connects(anyone, webProxy, 8000)).toBe(false);
  });

  it('metrics are read from anywhere in the cluster', () => {
    for (const measured of [operator, webProxy, server])
      expect(network.connects(prometheus, measured, 9090)).toBe(true);
    expect(network.connects(internet, operator, 9090)).toBe(false);
  });

  it('operator and web proxies reach the API server; the operator and the shared proxy nothing else', () => {
    for (const caller of [operator, webProxy, server]) expect(network.connects(caller, apiServer, 6443)).toBe(true);
    for (const caller of [operator, webProxy]) expect(network.connects(caller, internet, 80)).toBe(false);
  });

  it('what drains before an uninstall reaches the API server as the operator does', async () => {
    const [drain] = podsOf(await render('sympozium', {})).filter(({ of }) => of.startsWith('Job '));
    const draining: Endpoint = { ...operator, labels: drain?.labels ?? {} };
    expect(network.connects(draining, apiServer, 6443)).toBe(true);
    expect(network.connects(draining, internet, 80)).toBe(false);
  });

  it('what only pulls images reaches nothing', () => {
    const puller: Endpoint = { ...operator, labels: { ...operator.labels, 'app.kubernetes.io/component': 'pre-pull' } };
    for (const port of [53, 443, 6443]) expect(network.leaves(puller, apiServer, port)).toBe(false);
    expect(network.enters(operator, puller, 9090)).toBe(false);
  });

  it('what `helm test` starts reaches what it asks', () => {
    const [run, models] = tests as [Endpoint, Endpoint];
    expect(network.connects(run, apiServer, 443)).toBe(true);
    expect(network.connects(models, dns, 53)).toBe(true);
    expect(network.connects(models, webProxy, 8080)).toBe(true);
    for (const test of tests) expect(network.connects(test, internet, 80)).toBe(false);
  });
});

describe('where it is said', () => {
  it('callers and Prometheus are those that are named, `helm test` besides', async () => {
    const policy = { httpFrom: only('gateways'), metricsFrom: only('monitoring') };
    const objects = await render('sympozium-web-proxy', { networkPolicy: policy });
    const network = new Network(objects);
    const webProxy = ours(objects, 'Deployment demo-sympozium-web-proxy');
    const test = ours(objects, 'Pod demo-sympozium-web-proxy-test');
    expect(network.connects({ namespace: 'gateways', labels: {} }, webProxy, 8080)).toBe(true);
    expect(network.connects(test, webProxy, 8080)).toBe(true);
    expect(network.connects(anyone, webProxy, 8080)).toBe(false);
    expect(network.connects(prometheus, webProxy, 9090)).toBe(true);
    expect(network.connects(anyone, webProxy, 9090)).toBe(false);
  });

  it('agents reach what is listed instead, and still DNS and their stream', async () => {
    const egress = [{ ports: [{ port: 443, protocol: 'TCP' }], to: [{ ipBlock: { cidr: '203.0.113.0/24' } }] }];
    const runs = { httpFrom: only('gateways'), egress };
    const network = new Network(await render('sympozium', { networkPolicy: { runs } }));
    expect(network.connects(agent, internet, 443)).toBe(true);
    expect(network.connects(agent, internet, 80)).toBe(false);
    expect(network.connects(agent, model, 11_434)).toBe(false);
    for (const port of [53, 5353]) expect(network.connects(agent, dns, port)).toBe(true);
    expect(network.connects(agent, server, 8081)).toBe(true);
    expect(network.connects(server, apiServer, 6443)).toBe(true);
    expect(network.connects(anyone, server, 8000)).toBe(false);
    expect(network.connects({ namespace: 'gateways', labels: {} }, server, 8000)).toBe(true);
  });

  it.each([
    [{ watchNamespaces: ['a', 'b'] }, ['a', 'a', 'b', 'b']],
    [{ watchNamespaces: ['*'] }, []],
    [{ watchNamespaces: ['*'], networkPolicy: { runs: { namespaces: ['c'] } } }, ['c', 'c']],
    [{ networkPolicy: { runs: { enabled: false } } }, []],
    [{ networkPolicy: { enabled: false } }, []],
  ])('%j has policies for runs in %j', async (values, namespaces) => {
    const policies = (await render('sympozium', values)).filter(({ kind }) => kind === 'NetworkPolicy');
    const elsewhere = policies.map((policy) => policy.metadata.namespace).filter((namespace) => namespace !== SYSTEM);
    expect(elsewhere).toEqual(namespaces);
  });
});
