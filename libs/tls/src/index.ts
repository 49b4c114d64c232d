export { createAuthority, type Authority, type CertificateRequest } from './authority.js';
export { createSigningKey, type KeyPairPem, type PemPair } from './keys.js';
