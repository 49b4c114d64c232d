import type { KubeClient } from '@sympozium/kube';
import { namespaceOf, uidOf, type Pod } from './pod.js';

export interface Token {
  readonly value: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

interface TokenRequest {
  readonly status: { readonly token: string; readonly expirationTimestamp: string };
}

/** A token of the Pod's ServiceAccount, bound to the Pod: it is worth nothing once the Pod is gone. */
export async function requestToken(
  client: KubeClient,
  pod: Pod,
  wish: { readonly audience: string | undefined; readonly expirationSeconds: number },
  signal: AbortSignal,
): Promise<Token> {
  const account = pod.spec.serviceAccountName ?? 'default';
  const path = `/api/v1/namespaces/${namespaceOf(pod)}/serviceaccounts/${account}/token`;
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: {
      audiences: wish.audience ? [wish.audience] : [],
      expirationSeconds: wish.expirationSeconds,
      boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: pod.metadata.name, uid: uidOf(pod) },
    },
  };
  const { status } = (await client.raw('POST', path, request, { signal })) as TokenRequest;
  return { value: status.token, expires: Date.parse(status.expirationTimestamp) };
}
