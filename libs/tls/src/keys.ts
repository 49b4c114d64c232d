import { webcrypto } from 'node:crypto';

/** A certificate and its private key, both PEM. */
export interface PemPair {
  readonly cert: string;
  readonly key: string;
}

/** The two halves of a key without a certificate, PEM (SPKI and PKCS #8). */
export interface KeyPairPem {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** What certificates of this library are signed with: small, and made in a millisecond. */
export const CERTIFICATE_KEYS = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** A key for signing ServiceAccount tokens: RSA with 2048 bits (RS256), as kubeadm makes it. */
export async function createSigningKey(): Promise<KeyPairPem> {
  const keys = await webcrypto.subtle.generateKey(
    { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-256' },
    true,
    ['sign', 'verify'],
  );
  const publicKey = pem('PUBLIC KEY', await webcrypto.subtle.exportKey('spki', keys.publicKey));
  return { publicKey, privateKey: await privateKeyPem(keys.privateKey) };
}

export const createCertificateKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(CERTIFICATE_KEYS, true, ['sign', 'verify']);

export async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  return pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', key));
}

function pem(label: string, bytes: ArrayBuffer): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
