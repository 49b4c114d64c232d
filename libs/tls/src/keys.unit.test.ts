import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { expect, it } from 'vitest';
import { createSigningKey } from './keys.js';

it('makes an RSA key whose halves fit, as --service-account-key-file reads it', async () => {
  const { publicKey, privateKey } = await createSigningKey();
  const text = Buffer.from('token');
  const signature = sign('sha256', text, createPrivateKey(privateKey));
  expect(verify('sha256', text, createPublicKey(publicKey), signature)).toBe(true);
  expect(createPublicKey(publicKey).asymmetricKeyDetails?.modulusLength).toBe(2048);
});
