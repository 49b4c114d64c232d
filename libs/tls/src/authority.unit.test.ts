import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { createAuthority, type Authority } from './authority.js';
import type { PemPair } from './keys.js';

describe('createAuthority', () => {
  it('is a certificate authority that signs what it issues', async () => {
    const authority = await createAuthority('test-ca');
    const ca = new X509Certificate(authority.cert);
    const leaf = new X509Certificate((await authority.issue({ commonName: 'leaf', usage: 'client' })).cert);

    expect(ca.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.verify(ca.publicKey)).toBe(true);
    expect(leaf.checkIssued(ca)).toBe(true);
    expect(leaf.serialNumber).not.toBe(ca.serialNumber);
  });

  it('names user and groups as Kubernetes reads them', async () => {
    const authority = await createAuthority('test-ca');
    const request = { commonName: 'jane', organizations: ['system:masters', 'team'], usage: 'client' } as const;
    const { subject } = new X509Certificate((await authority.issue(request)).cert);
    expect(subject.split('\n').sort()).toEqual(['CN=jane', 'O=system:masters', 'O=team']);
  });

  it('issues names and addresses, and the key that belongs to the certificate', async () => {
    const authority = await createAuthority('test-ca');
    const hosts = ['localhost', 'kubernetes.default.svc', '127.0.0.1', '::1'];
    const pair = await authority.issue({ commonName: 'server', hosts, usage: 'server' });
    const certificate = new X509Certificate(pair.cert);

    expect(certificate.checkHost('kubernetes.default.svc')).toBe('kubernetes.default.svc');
    expect(certificate.checkHost('example.org')).toBeUndefined();
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkIP('127.0.0.2')).toBeUndefined();
    expect(certificate.checkPrivateKey(createPrivateKey(pair.key))).toBe(true);
  });
});

describe('a TLS connection', () => {
  it('is trusted both ways within an authority, and a stranger is not', async () => {
    const [authority, stranger] = await Promise.all([createAuthority('ours'), createAuthority('theirs')]);
    const client = await authority.issue({ commonName: 'jane', usage: 'client' });
    await withServer(authority, async (port) => {
      expect(await whoAmI(port, authority, client)).toBe('jane');
      const foreign = await stranger.issue({ commonName: 'jane', usage: 'client' });
      expect(await whoAmI(port, authority, foreign)).toBe('nobody');
      await expect(whoAmI(port, stranger, client)).rejects.toThrow(/certificate/);
    });
  });
});

async function withServer(authority: Authority, use: (port: number) => Promise<void>): Promise<void> {
  const pair = await authority.issue({ commonName: 'server', hosts: ['127.0.0.1'], usage: 'server' });
  const options = { ...pair, ca: authority.cert, requestCert: true, rejectUnauthorized: false };
  const server = createServer(options, (incoming, response) => {
    const socket = incoming.socket as TLSSocket;
    response.end(socket.authorized ? socket.getPeerCertificate().subject.CN : 'nobody');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use((server.address() as AddressInfo).port);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

function whoAmI(port: number, authority: Authority, { cert, key }: PemPair): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, ca: authority.cert, cert, key, agent: false };
    request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve(text));
    })
      .on('error', reject)
      .end();
  });
}
