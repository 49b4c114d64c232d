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
  /** Signs ServiceAccount tokens. The first start makes it, which takes a quarter of a second: nobody waits before he needs it. */
  readonly signing: Promise<KeyPairPem>;
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
 * the key of tokens is kept in `signingKey`, since tokens outlive a restart.
 */
export async function createPki(signingKey: string, serviceAddress: string): Promise<Pki> {
  const signing = keptSigningKey(signingKey);
  const authority = await createAuthority('sympozium-local');
  const [server, kubeletClient, kubelet] = await Promise.all([
    authority.issue({ commonName: 'kube-apiserver', hosts: [...HOSTS, serviceAddress], usage: 'server' }),
    authority.issue({ commonName: 'kube-apiserver-kubelet-client', usage: 'client' }),
    authority.issue({ commonName: 'kubelet', hosts: ['127.0.0.1', 'localhost'], usage: 'server' }),
  ]);
  return { ca: authority.cert, server, kubelet, kubeletClient, signing };
}

/** Throws at once where there is one that cannot be used. */
function keptSigningKey(path: string): Promise<KeyPairPem> {
  if (existsSync(path)) return Promise.resolve(readSigningKey(path));
  const made = makeSigningKey(path);
  made.catch(() => {}); // told to each who needs it
  return made;
}

async function makeSigningKey(path: string): Promise<KeyPairPem> {
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
