import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES } from './body.js';
import { CONFIG_MAPS } from './testing/test-resources.js';
import { startTestServer, type TestServer } from './testing/test-server.js';

const PATH = '/api/v1/namespaces/default/configmaps';
const JSON_TYPE = { 'content-type': 'application/json' };

let test: TestServer;
beforeEach(async () => {
  test = await startTestServer();
});
afterEach(() => test.stop());

const post = async (body: string, headers: Record<string, string> = JSON_TYPE, query = '') => {
  const { code, json } = await test.ask(`${PATH}${query}`, { method: 'POST', body, headers });
  return [code, (json as { message?: string }).message];
};

/** What comes back for raw bytes. */
const sendRaw = (bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    const socket = connect({ host: '127.0.0.1', port: test.port, ca: test.ca }, () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    socket.on('close', () => resolve(text)).on('error', reject);
  });

describe('a body', () => {
  it.each([
    [
      '{',
      `the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input ({)`,
    ],
    [
      '',
      `the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)`,
    ],
    [
      '[]',
      `the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (5b5d)`,
    ],
  ])('%j is 400', async (body, message) => {
    expect(await post(body)).toEqual([400, message]);
  });

  it('of a type that is not read is 415', async () => {
    const message =
      'the body of the request was in an unknown format - accepted media types include: ' +
      'application/json, application/yaml, application/vnd.kubernetes.protobuf';
    expect(await post('{}', { 'content-type': 'application/x-www-form-urlencoded' })).toEqual([415, message]);
  });

  it('that says to be protobuf and is none is 400', async () => {
    expect(await post('xxxx', { 'content-type': 'application/vnd.kubernetes.protobuf' })).toEqual([
      400,
      'the object provided is unrecognized (must be of type ConfigMap): provided data does not appear to be a ' +
        'protobuf message, expected prefix [107 56 115 0] (78787878)',
    ]);
  });

  it('above 3 MiB is 413, though all of it is sent', async () => {
    const body = JSON.stringify({ data: 'x'.repeat(MAX_BODY_BYTES) });
    expect(await post(body)).toEqual([413, `Request entity too large: limit is ${MAX_BODY_BYTES}`]);
    expect(test.api.calls).toEqual([]);
  });

  it('with a field twice is warned about, or refused when validation is strict', async () => {
    const body = '{"metadata":{"name":"a"},"data":{"a":"1","a":"2"}}';
    const answer = await test.ask(PATH, { method: 'POST', body, headers: JSON_TYPE });
    expect([answer.code, answer.headers['warning']]).toEqual([201, '299 - "duplicate field \\"data.a\\""']);
    expect(await post(body, JSON_TYPE, '?fieldValidation=Strict')).toEqual([
      400,
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: duplicate field "data.a"',
    ]);
  });

  it('may be YAML, as Kubernetes reads it', async () => {
    const body = 'metadata:\n  name: a\n  creationTimestamp: 2026-01-01T00:00:00Z\ndata:\n  yes: "1"\nimmutable: yes\n';
    expect((await post(body, { 'content-type': 'application/yaml' }))[0]).toBe(201);
    expect(test.api.calls[0]?.parameters).toMatchObject({
      body: { metadata: { creationTimestamp: '2026-01-01T00:00:00Z' }, immutable: true },
    });
    expect(
      await post(
        'metadata:\n  name: b\n  name: b\n',
        { 'content-type': 'application/yaml' },
        '?fieldValidation=Strict',
      ),
    ).toEqual([
      400,
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: ' +
        'yaml: unmarshal errors:\n  line 3: key "name" already set in map',
    ]);
    const [code, message] = await post('metadata:\n  name: b\n bad', { 'content-type': 'application/yaml' });
    expect(code).toBe(400);
    expect(message).toMatch(/must be of type ConfigMap\): yaml: line \d+: /);
  });
});

describe('a patch', () => {
  it.each([
    ['text/plain', '{}', 415, '415: Unsupported Media Type'],
    ['application/merge-patch+json', '{', 400, 'invalid JSON patch'],
    [
      'application/merge-patch+json',
      '[]',
      400,
      'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
    ],
    [
      'application/json-patch+json',
      '{}',
      400,
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    ],
    [
      'application/strategic-merge-patch+json',
      '[]',
      400,
      'json: cannot unmarshal array into Go value of type map[string]interface {}',
    ],
    ['application/merge-patch+json', 'null', 400, 'Invalid JSON Patch'],
  ])('%s %s is %i', async (type, body, code, message) => {
    await post('{"metadata":{"name":"a"}}');
    const answer = await test.ask(`${PATH}/a`, { method: 'PATCH', body, headers: { 'content-type': type } });
    expect([answer.code, answer.json]).toMatchObject([code, { message }]);
  });

  it('of what is not there is not looked at', async () => {
    const headers = { 'content-type': 'application/json-patch+json' };
    expect(await test.ask(`${PATH}/absent`, { method: 'PATCH', body: '{}', headers })).toMatchObject({ code: 404 });
  });

  it('of a custom resource is not strategic', async () => {
    const headers = { 'content-type': 'application/strategic-merge-patch+json' };
    const path = '/apis/example.com/v1/namespaces/a/widgets/w';
    const { code, json } = await test.ask(path, { method: 'PATCH', body: '{}', headers });
    expect(code).toBe(415);
    expect(json).toMatchObject({
      message: expect.stringContaining('application/merge-patch+json, application/apply-patch+yaml') as unknown,
    });
  });
});

describe('a request', () => {
  it('with a path that is no URL is 400', async () => {
    const { code, json } = await test.ask('/api/v1/namespaces/a%zz/pods');
    expect([code, json]).toMatchObject([400, { reason: 'BadRequest', message: 'invalid URL escape "%zz"' }]);
  });

  it('that is no HTTP is 400, with headers without end 431, and the server goes on', async () => {
    expect(await sendRaw('nonsense\r\n\r\n')).toMatch(/^HTTP\/1.1 400 Bad Request\r\n[^]*"reason":"BadRequest"/);
    const huge = `GET / HTTP/1.1\r\nhost: x\r\nx-huge: ${'x'.repeat(1_100_000)}`;
    expect(await sendRaw(huge)).toMatch(/^HTTP\/1.1 431 /);
    expect((await test.ask('/healthz')).text).toBe('ok');
  });

  it('with a body of many TLS records is read though the answer before it is still on its way', async () => {
    for (let at = 0; at < 8; at += 1) {
      test.api.put(CONFIG_MAPS, {
        metadata: { name: `a${at}`, namespace: 'default' },
        data: { a: 'x'.repeat(2 ** 20) },
      });
    }
    const body = JSON.stringify({ metadata: { name: 'b' }, data: { b: 'x'.repeat(200_000) } });
    const head = (method: string): string => `${method} ${PATH} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer admin\r\n`;
    const length = `content-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n`;
    const socket = connect({ host: '127.0.0.1', port: test.port, ca: test.ca });
    socket.write(`${head('GET')}\r\n`);
    await once(socket, 'readable'); // and not read: the server cannot write on
    socket.write(`${head('POST')}${length}\r\n${body}`);
    expect((await text(socket)).match(/^HTTP\/1.1 \d+/gm)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 201']);
  });

  it('whose sender goes away leaves nothing behind', async () => {
    const socket = connect({ host: '127.0.0.1', port: test.port, ca: test.ca });
    const head = ['POST /api/v1/namespaces/a/configmaps HTTP/1.1', 'host: x', 'authorization: Bearer admin'];
    socket.write([...head, 'content-type: application/json', 'content-length: 100', '', '{'].join('\r\n'));
    socket.end();
    await new Promise((resolve) => socket.on('close', resolve).resume());
    expect((await test.ask('/healthz')).code).toBe(200);
    expect(test.api.calls).toEqual([]);
  });

  it('that meets a defect is 500 with a sentence', async () => {
    test.api.failure = new TypeError('x is not a function');
    const { code, json } = await test.ask(PATH);
    expect([code, json]).toMatchObject([
      500,
      { reason: 'InternalError', message: 'Internal error occurred: x is not a function' },
    ]);
  });

  it('with warnings that are no header text gets them cleaned', async () => {
    test.api.put(CONFIG_MAPS, { metadata: { name: 'a', namespace: 'default' } });
    const body = '{"metadata":{"name":"a"},"ü\\n":1,"ü\\n":2}';
    const { headers } = await test.ask(PATH, { method: 'POST', body, headers: JSON_TYPE });
    const text = Buffer.from(String(headers['warning']), 'latin1').toString();
    expect(text).toBe('299 - "duplicate field \\"ü\\\\n\\""');
  });
});
