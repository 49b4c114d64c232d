import { createAuthority } from '@sympozium/tls';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NODES, PODS, testRegistry } from '../testing/test-resources.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { createPodRoads } from './pod-roads.js';

const LOG = '/api/v1/namespaces/a/pods/p/log';

let test: TestServer;
let kubelet: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
beforeEach(async () => {
  const authority = await createAuthority('kubelet-ca');
  const [server, client] = await Promise.all([
    authority.issue({ commonName: 'kubelet', hosts: ['127.0.0.1'], usage: 'server' }),
    authority.issue({ commonName: 'kube-apiserver-kubelet-client', usage: 'client' }),
  ]);
  kubelet = createServer({ ...server, ca: authority.cert, requestCert: true }, (request, response) =>
    answer(request, response),
  );
  await new Promise<void>((resolve) => kubelet.listen(0, '127.0.0.1', resolve));
  const registry = testRegistry();
  const access = { ...client, ca: authority.cert };
  test = await startTestServer({
    registry,
    pods: {
      log: (exchange, pod) => createPodRoads({ api: test.api, registry, kubelet: access }).log(exchange, pod),
    },
  });
  test.api.put(NODES, {
    metadata: { name: 'n' },
    status: {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: (kubelet.address() as AddressInfo).port } },
    },
  });
  putPod({ nodeName: 'n', containers: [{ name: 'main' }] });
});
afterEach(async () => {
  await test.stop();
  kubelet.closeAllConnections();
  await new Promise((resolve) => kubelet.close(resolve));
});

const putPod = (spec: object): unknown => test.api.put(PODS, { metadata: { name: 'p', namespace: 'a' }, spec });

describe('a log', () => {
  it('comes from the node’s kubelet, asked as the API server', async () => {
    let asked: unknown;
    answer = (request, response) => {
      asked = [request.url, (request.socket as TLSSocket).getPeerCertificate().subject.CN];
      response.end('one\n');
    };
    const { code, text, headers } = await test.ask(`${LOG}?tailLines=3&timestamps=1&follow=false&insecure=1`);
    expect([code, text, headers['content-type']]).toEqual([200, 'one\n', 'text/plain']);
    expect(asked).toEqual(['/containerLogs/a/p/main?timestamps=true&tailLines=3', 'kube-apiserver-kubelet-client']);
  });

  it('streams while it is followed, until either end goes', async () => {
    let kubeletClosed = false;
    answer = (request, response) => {
      response.write('one\n');
      request.on('close', () => (kubeletClosed = true));
    };
    const stream = await test.open(`${LOG}?follow=true`);
    const [first] = (await stream
      .iterator({ destroyOnReturn: false })
      .next()
      .then(({ value }) => [value])) as [Buffer];
    expect(first.toString()).toBe('one\n');
    stream.destroy();
    await vi.waitFor(() => expect(kubeletClosed).toBe(true));
    await vi.waitFor(() =>
      expect(test.audit.map(({ stage }) => stage)).toEqual(['ResponseStarted', 'ResponseComplete']),
    );
  });

  it('of a Pod without a node is empty', async () => {
    putPod({ containers: [{ name: 'main' }] });
    expect(await test.ask(LOG)).toMatchObject({ code: 200, text: '' });
  });

  it.each([
    [
      '',
      { containers: [{ name: 'x' }, { name: 'y' }], initContainers: [{ name: 'i' }] },
      'a container name must be specified for pod p, choose one of: [i x y]',
    ],
    ['?container=z', { containers: [{ name: 'x' }] }, 'container z is not valid for pod p'],
    ['?tailLines=x', { containers: [{ name: 'x' }] }, 'strconv.ParseInt: parsing "x": invalid syntax'],
  ])('%s of %j is 400', async (query, spec, message) => {
    putPod(spec);
    const { code, json } = await test.ask(`${LOG}${query}`);
    expect([code, json]).toMatchObject([400, { message }]);
  });

  it('with options that mean nothing is 422', async () => {
    const { code, json } = await test.ask(`${LOG}?limitBytes=0`);
    expect([code, json]).toMatchObject([
      422,
      { message: 'PodLogOptions "p" is invalid: limitBytes: Invalid value: 0: must be greater than 0' },
    ]);
  });

  it('tells what the kubelet refuses, and that there is none', async () => {
    answer = (_, response) => response.writeHead(400).end('container "main" in pod "p" is waiting to start');
    expect((await test.ask(LOG)).json).toMatchObject({
      code: 400,
      message: 'container "main" in pod "p" is waiting to start',
    });
    answer = (_, response) => response.writeHead(404).end('no such container');
    expect((await test.ask(LOG)).json).toMatchObject({ code: 404, reason: 'NotFound' });
    kubelet.closeAllConnections();
    await new Promise((resolve) => kubelet.close(resolve));
    const gone = await test.ask(LOG);
    expect(gone.json).toMatchObject({ code: 500, message: expect.stringContaining('ECONNREFUSED') as unknown });
  });
});
