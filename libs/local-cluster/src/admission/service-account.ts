import type { Random } from '@sympozium/process';
import { forbidden } from '../api-error.js';
import type { ApiObject } from '../api-object.js';
import { childOf, listOf, textOf, type Fields } from '../builtin/strategies/access.js';
import { randomSuffix } from '../rest/new-object.js';
import { keyOf } from '../rest/store-key.js';
import type { RevisionStore } from '../storage/revision-store.js';
import type { AdmissionRequest } from '../rest/object-api.js';

const ACCOUNTS = { group: '', plural: 'serviceaccounts' };
const MIRROR = 'kubernetes.io/config.mirror';
const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const VOLUME_PREFIX = 'kube-api-access-';
/** One hour, and seven seconds by which the real server knows tokens that it mounts itself. */
const TOKEN_SECONDS = 3607;
const MODE = 0o644;

/** A new Pod runs as a ServiceAccount that exists, and finds its token mounted unless somebody says no. */
export function admitServiceAccount(store: RevisionStore, random: Random, request: AdmissionRequest): void {
  const { object: pod, operation } = request;
  if (operation !== 'CREATE' || !pod || pod.metadata.annotations?.[MIRROR] !== undefined) return;
  const spec = childOf(pod, 'spec');
  const name = textOf(spec['serviceAccountName']) || 'default';
  spec['serviceAccountName'] = name;
  spec['serviceAccount'] = name;
  const account = accountOf(store, request, name);
  if (isMounted(account, spec)) mountToken(spec, random);
  if (listOf(spec['imagePullSecrets']).length === 0 && listOf(account['imagePullSecrets']).length > 0)
    spec['imagePullSecrets'] = structuredClone(account['imagePullSecrets']);
}

function accountOf(store: RevisionStore, { resource, name }: AdmissionRequest, account: string): ApiObject {
  const namespace = name.namespace ?? '';
  const found = store.get(keyOf(ACCOUNTS, { namespace, name: account }));
  if (found) return found;
  const why = `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`;
  throw forbidden(resource, name.name, why);
}

function isMounted(account: ApiObject, spec: Fields): boolean {
  const wish = spec['automountServiceAccountToken'] ?? account['automountServiceAccountToken'];
  return wish !== false;
}

function mountToken(spec: Fields, random: Random): void {
  const volumes = listOf(spec['volumes']);
  const existing = volumes.map(({ name }) => textOf(name)).find((name) => name.startsWith(VOLUME_PREFIX));
  const name = existing ?? `${VOLUME_PREFIX}${randomSuffix(random)}`;
  const without = [...listOf(spec['initContainers']), ...listOf(spec['containers'])].filter(
    ({ volumeMounts }) => !listOf(volumeMounts).some(({ mountPath }) => mountPath === MOUNT_PATH),
  );
  for (const container of without)
    container['volumeMounts'] = [...listOf(container['volumeMounts']), { name, readOnly: true, mountPath: MOUNT_PATH }];
  if (without.length > 0 && existing === undefined) spec['volumes'] = [...volumes, tokenVolume(name)];
}

const tokenVolume = (name: string): Fields => ({
  name,
  projected: {
    defaultMode: MODE,
    sources: [
      { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
  },
});
