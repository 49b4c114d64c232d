import 'reflect-metadata'; // @peculiar/x509 finds its algorithms through tsyringe, which wants it loaded before
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  type JsonName,
  type X509Certificate,
} from '@peculiar/x509';
import { randomBytes, type webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { CERTIFICATE_KEYS, createCertificateKeys, privateKeyPem, type PemPair } from './keys.js';

const DAY_MS = 86_400_000;
const CA_DAYS = 3_650;
const CERTIFICATE_DAYS = 365;

export interface CertificateRequest {
  /** For a client of the Kubernetes API: the user’s name. */
  readonly commonName: string;
  /** For a client of the Kubernetes API: the user’s groups. */
  readonly organizations?: readonly string[];
  /** DNS names and IP addresses that a server answers for. */
  readonly hosts?: readonly string[];
  readonly usage: 'server' | 'client';
}

/** A certificate authority of one’s own; its key never leaves it. */
export interface Authority {
  /** Its certificate, PEM: what makes others trust the certificates it issues. */
  readonly cert: string;
  /** A new key with a certificate for it, valid for a year. */
  issue(request: CertificateRequest): Promise<PemPair>;
}

/** Makes an authority, valid for ten years. */
export async function createAuthority(name: string): Promise<Authority> {
  const keys = await createCertificateKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [name] }],
    ...validFor(CA_DAYS),
    keys,
    signingAlgorithm: CERTIFICATE_KEYS,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return new LocalAuthority(certificate, keys.privateKey);
}

class LocalAuthority implements Authority {
  readonly cert: string;
  readonly #certificate: X509Certificate;
  readonly #privateKey: webcrypto.CryptoKey;

  constructor(certificate: X509Certificate, privateKey: webcrypto.CryptoKey) {
    this.#certificate = certificate;
    this.#privateKey = privateKey;
    this.cert = pemOf(certificate);
  }

  async issue({ commonName, organizations = [], hosts = [], usage }: CertificateRequest): Promise<PemPair> {
    const keys = await createCertificateKeys();
    const subject: JsonName = [...organizations.map((name) => ({ O: [name] })), { CN: [commonName] }];
    const purpose = usage === 'server' ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth;
    const certificate = await X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject,
      issuer: this.#certificate.subject,
      ...validFor(CERTIFICATE_DAYS),
      publicKey: keys.publicKey,
      signingKey: this.#privateKey,
      signingAlgorithm: CERTIFICATE_KEYS,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([purpose]),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
        await AuthorityKeyIdentifierExtension.create(this.#certificate.publicKey),
        ...(hosts.length === 0 ? [] : [new SubjectAlternativeNameExtension(hosts.map(hostName))]),
      ],
    });
    return { cert: pemOf(certificate), key: await privateKeyPem(keys.privateKey) };
  }
}

const hostName = (value: string) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value });

const pemOf = (certificate: X509Certificate): string => `${certificate.toString('pem')}\n`;

/** Positive and of at most 20 bytes, as RFC 5280 wants it. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0);
  return bytes.toString('hex');
}

/** From five minutes ago, so that a clock that is a little behind accepts it. */
function validFor(days: number): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - 300_000), notAfter: new Date(now + days * DAY_MS) };
}
