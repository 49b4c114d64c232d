import type { KeyPairPem } from '@sympozium/tls';
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** What tokens are signed with and known by. */
export interface SigningKey {
  /** The `kid` of tokens, which the API server derives from the key. */
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export function signingKeyOf(pem: KeyPairPem): SigningKey {
  const publicKey = createPublicKey(pem.publicKey);
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const id = createHash('sha256').update(der).digest('base64url');
  return { id, privateKey: createPrivateKey(pem.privateKey), publicKey };
}
