import { createAuthority, createSigningKey } from '@sympozium/tls';
import { LOOPBACK, type Place } from './place.js';

/** Files of the control plane’s run folder, by name. */
type Files = Readonly<Record<string, string>>;

export interface Pki {
  /** The authority’s certificate, PEM. */
  readonly ca: string;
  readonly files: Files;
  /** What a kubelet on this machine shows and whom it answers, PEM. */
  readonly kubelet: { readonly cert: string; readonly key: string; readonly clientCa: string };
}

const API_SERVER_HOSTS = [
  'localhost',
  '127.0.0.1',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
];

/** Everything that the control plane shows and trusts, made anew. Clients prove themselves by tokens alone. */
export async function createPki(place: Place = LOOPBACK): Promise<Pki> {
  const hosts = [...new Set([...API_SERVER_HOSTS, place.address, place.serviceAddress])];
  const kubeletHosts = [...place.kubeletHosts];
  const [authority, signing] = await Promise.all([createAuthority('sympozium-local'), createSigningKey()]);
  const [server, kubeletClient, kubelet] = await Promise.all([
    authority.issue({ commonName: 'kube-apiserver', hosts, usage: 'server' }),
    authority.issue({ commonName: 'kube-apiserver-kubelet-client', usage: 'client' }),
    authority.issue({ commonName: 'kubelet', hosts: kubeletHosts, usage: 'server' }),
  ]);
  return {
    ca: authority.cert,
    kubelet: { ...kubelet, clientCa: authority.cert },
    files: {
      'kubelet.crt': kubelet.cert,
      'kubelet.key': kubelet.key,
      'kubelet-client-ca.crt': authority.cert,
      'ca.crt': authority.cert,
      'apiserver.crt': server.cert,
      'apiserver.key': server.key,
      'apiserver-kubelet-client.crt': kubeletClient.cert,
      'apiserver-kubelet-client.key': kubeletClient.key,
      'service-account.pub': signing.publicKey,
      'service-account.key': signing.privateKey,
    },
  };
}
