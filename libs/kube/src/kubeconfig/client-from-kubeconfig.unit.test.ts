import { SympoziumError } from '@sympozium/api';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inClusterConnection } from '../in-cluster.js';
import { clientFromKubeconfig, type KubeconfigOptions } from './client-from-kubeconfig.js';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const kubeconfig = (name: string, user: object, cluster: object = {}): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    contexts: [{ name, context: { cluster: name, user: name } }],
    clusters: [{ name, cluster: { server: `https://${name}.example:6443`, ...cluster } }],
    users: [{ name, user }],
  });

/** The connection, and the headers of its first call. */
async function connect(options: KubeconfigOptions) {
  const { client, connection, context } = await clientFromKubeconfig({ env: { HOME: folder }, ...options });
  await client.close();
  return { context, connection, headers: await connection.headers?.(false) };
}

async function refusal(options: KubeconfigOptions): Promise<string> {
  const error: unknown = await connect(options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SympoziumError);
  expect(error).toMatchObject({ code: 'SETTING_INVALID' });
  return (error as Error).message;
}

describe('credentials', () => {
  it.each([
    ['a token', { token: 'abc' }, 'Bearer abc'],
    ['a name and password', { username: 'me', password: 'pw' }, 'Basic bWU6cHc='],
  ])('can be %s', async (_name, user, authorization) => {
    const { headers } = await connect({ kubeconfig: write('config', kubeconfig('one', user)) });
    expect(headers).toEqual({ authorization });
  });

  it('can be a certificate, inline or in a file beside the kubeconfig', async () => {
    write('key.pem', 'KEY');
    const data = Buffer.from('CERT').toString('base64');
    const user = { 'client-certificate-data': data, 'client-key': 'key.pem' };
    const path = write('config', kubeconfig('one', user, { 'tls-server-name': 'kubernetes' }));
    const { connection, context } = await connect({ kubeconfig: path });
    expect(context).toBe('one');
    expect(connection).toMatchObject({
      server: 'https://one.example:6443',
      cert: 'CERT',
      key: 'KEY',
      serverName: 'kubernetes',
    });
  });

  it('of a plugin are asked for once, and anew after a 401', async () => {
    const counter = join(folder, 'count');
    const credential =
      '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t%s","expirationTimestamp":"2999-01-01T00:00:00Z"}}';
    const plugin = write(
      'plugin',
      `#!/bin/sh\necho x >> ${counter}\nprintf '${credential}' "$(grep -c x ${counter})"\n`,
    );
    chmodSync(plugin, 0o755);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: plugin, interactiveMode: 'Never' };
    const { connection } = await connect({ kubeconfig: write('config', kubeconfig('one', { exec })) });
    const asked = [
      await connection.headers?.(false),
      await connection.headers?.(true),
      await connection.headers?.(false),
    ];
    expect(asked.map((headers) => headers?.['authorization'])).toEqual(['Bearer t1', 'Bearer t2', 'Bearer t2']);
  });
});

describe('the file', () => {
  it('is the one named, else those of KUBECONFIG merged, else ~/.kube/config', async () => {
    mkdirSync(join(folder, '.kube'));
    write('.kube/config', kubeconfig('home', {}));
    const [first, second] = [write('a', kubeconfig('first', {})), write('b', kubeconfig('second', {}))];
    const env = { HOME: folder, KUBECONFIG: [first, join(folder, 'absent'), second].join(delimiter) };
    expect((await connect({ kubeconfig: second, env })).context).toBe('second');
    expect((await connect({ env })).context).toBe('first');
    expect((await connect({ env, context: 'second' })).connection.server).toBe('https://second.example:6443');
    expect((await connect({})).context).toBe('home');
  });

  it('that is missing, broken or without a cluster is named, with what to do', async () => {
    expect(await refusal({})).toBe(
      `there is no kubeconfig ${folder}/.kube/config. Name one with --kubeconfig, or set KUBECONFIG.`,
    );
    const broken = await refusal({ kubeconfig: write('broken', 'token: sk-secret\nclusters: [') });
    expect(broken).toMatch(/broken is no kubeconfig: .+\. Name one with --kubeconfig, or set KUBECONFIG\.$/);
    expect(broken).not.toContain('sk-secret');
    const path = write('config', kubeconfig('one', {}));
    expect(await refusal({ kubeconfig: path, context: 'two' })).toContain(
      'no cluster for the context "two"; it knows one.',
    );
    const missing = write('missing', kubeconfig('one', { 'client-key': 'gone.pem' }));
    expect(await refusal({ kubeconfig: missing })).toContain('gone.pem, which cannot be read');
  });
});

describe('in a Pod', () => {
  const pod = () => ({
    KUBERNETES_SERVICE_HOST: 'fd00::1',
    KUBERNETES_SERVICE_PORT: '443',
    SYMPOZIUM_SERVICEACCOUNT_DIR: folder,
  });

  it('the ServiceAccount’s files are used, and its token read again after a minute or a 401', async () => {
    write('ca.crt', 'CA');
    write('token', 'one\n');
    let now = 0;
    const connection = inClusterConnection(pod(), () => now);
    expect(connection).toMatchObject({ server: 'https://[fd00::1]:443', ca: 'CA' });
    const bearer = async (fresh = false) => (await connection?.headers?.(fresh))?.['authorization'];
    expect(await bearer()).toBe('Bearer one');
    write('token', 'two');
    expect([await bearer(), await bearer(true)]).toEqual(['Bearer one', 'Bearer two']);
    write('token', 'three');
    now = 60_001;
    expect(await bearer()).toBe('Bearer three');
    expect((await connect({ env: pod() })).context).toBe('in-cluster');
  });

  it('without a ServiceAccount the message says so', async () => {
    expect(await refusal({ env: pod() })).toContain(`no ServiceAccount's credentials in ${folder}`);
  });
});
