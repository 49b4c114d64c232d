import { createAuthority, createSigningKey, type KeyPairPem, type PemPair } from '@sympozium/tls';
import { createPublicKey } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { unusable } from './storage/index.js';

export interface Pki {
  /** The authority's certificate, PEM. */
  readonly ca: string;
  readonly server: PemPair;
  /** What a kubelet on this machine shows. */
  readonly kubelet: PemPair;
  /** What the API server shows to kubelets. */
  readonly kubeletClient: PemPair;
  /** Signs ServiceAccount tokens. */
  readonly signing: KeyPairPem;
}

const HOSTS = [
  'localhost',
  '127.0.0.1',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
];

/**
 * Everything that the API server shows and trusts. Certificates are made anew by every start, in a few milliseconds;
 * the key of tokens is kept in `signingKey`, since it takes a tenth of a second and tokens outlive a restart.
 */
export async function createPki(signingKey: string, serviceAddress: string): Promise<Pki> {
  const authority = await createAuthority('sympozium-local');
  const [server, kubeletClient, kubelet, signing] = await Promise.all([
    authority.issue({ commonName: 'kube-apiserver', hosts: [...HOSTS, serviceAddress], usage: 'server' }),
    authority.issue({ commonName: 'kube-apiserver-kubelet-client', usage: 'client' }),
    authority.issue({ commonName: 'kubelet', hosts: ['127.0.0.1', 'localhost'], usage: 'server' }),
    keptSigningKey(signingKey),
  ]);
  return { ca: authority.cert, server, kubelet, kubeletClient, signing };
}

async function keptSigningKey(path: string): Promise<KeyPairPem> {
  if (existsSync(path)) return readSigningKey(path);
  const made = await createSigningKey();
  writeFileSync(path, made.privateKey, { mode: 0o600 });
  return made;
}

function readSigningKey(path: string): KeyPairPem {
  const privateKey = readFileSync(path, 'utf8');
  try {
    return { privateKey, publicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString() };
  } catch (error) {
    throw unusable(path, 'it holds no private key', error);
  }
}
