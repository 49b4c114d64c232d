import { seededRandom } from '@sympozium/process/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ApiObject } from '../api-object.js';
import { builtinResources } from '../builtin/index.js';
import type { Resource } from '../resources/resource.js';
import { keyOf } from '../rest/store-key.js';
import { createMemoryStore, type RevisionStore } from '../storage/index.js';
import type { AdmissionRequest } from '../rest/object-api.js';
import { createAdmission } from './create-admission.js';

const user = { name: 'somebody', uid: '', groups: [], extra: {} };
const container = { name: 'c', image: 'a:1' };

let store: RevisionStore;
let warnings: string[];

const resourceOf = (kind: string): Resource => {
  const found = builtinResources().find((resource) => resource.kind === kind);
  if (!found) throw new Error(`${kind} is no kind`);
  return found;
};

const objectOf = (kind: string, name: string, fields: object = {}, metadata: object = {}): ApiObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'n', ...metadata },
  ...fields,
});

const podOf = (spec: object = {}, metadata: object = {}): ApiObject =>
  objectOf('Pod', 'p', { spec: { containers: [{ ...container }], ...spec } }, metadata);

const namespaceOf = (labels: Record<string, string>): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'n', labels },
});

async function put(object: ApiObject): Promise<void> {
  await store.update(keyOf(resourceOf(object.kind), object.metadata), () => ({ action: 'store', object }));
}

function admit(object: ApiObject, more: Partial<AdmissionRequest> = {}): ApiObject {
  const { metadata, kind } = object;
  const name = kind === 'Namespace' ? { name: metadata.name } : { name: metadata.name, namespace: 'n' };
  const options = { store, random: seededRandom(1), serviceRange: '127.96.0.0/16' };
  const request: AdmissionRequest = {
    ...{ operation: 'CREATE', verb: 'create', resource: resourceOf(kind), name, object, old: undefined },
    ...{ user, dryRun: false, warn: (text) => warnings.push(text) },
    ...more,
  };
  const admission = createAdmission(options);
  admission.admit(request);
  admission.judge(request);
  return object;
}

beforeEach(async () => {
  store = createMemoryStore();
  warnings = [];
  await put(namespaceOf({}));
  await put(objectOf('ServiceAccount', 'default'));
});

describe('namespaces', () => {
  it('lets nothing begin where there is no namespace, or none for long', async () => {
    await put({ ...namespaceOf({}), metadata: { name: 'n', deletionTimestamp: '2026-01-01T00:00:00Z' } });
    expect(() => admit(objectOf('ConfigMap', 'c'))).toThrow(
      'configmaps "c" is forbidden: unable to create new content in namespace n because it is being terminated',
    );
    const name = { name: 'c', namespace: 'absent' };
    expect(() => admit(objectOf('ConfigMap', 'c'), { name })).toThrow('namespaces "absent" not found');
  });

  it('keeps the first namespaces', () => {
    const request = { operation: 'DELETE', name: { name: 'default' }, object: undefined } as const;
    expect(() => admit(namespaceOf({}), request)).toThrow(
      'namespaces "default" is forbidden: this namespace may not be deleted',
    );
  });
});

describe('Pods', () => {
  it('run as an account that exists, with its token', () => {
    const spec = admit(podOf())['spec'];
    expect(spec).toMatchObject({
      serviceAccountName: 'default',
      serviceAccount: 'default',
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
      volumes: [{ name: expect.stringMatching(/^kube-api-access-[a-z0-9]{5}$/) as string }],
      containers: [{ volumeMounts: [{ readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }] }],
      tolerations: [
        { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
        { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
      ],
    });
  });

  it('have no token if they want none', () => {
    expect(admit(podOf({ automountServiceAccountToken: false }))['spec']).not.toHaveProperty('volumes');
  });

  it.each([
    [{ serviceAccountName: 'nope' }, 'error looking up service account n/nope: serviceaccount "nope" not found'],
    [{ priorityClassName: 'x' }, 'no PriorityClass with name x was found'],
    [
      { priority: 5 },
      'the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0 ' +
        'from the given PriorityClass name',
    ],
    [
      { preemptionPolicy: 'Never' },
      'the string value of PreemptionPolicy (Never) must not be provided in pod spec; priority admission controller ' +
        'computed PreemptLowerPriority from the given PriorityClass name',
    ],
    [{ runtimeClassName: 'x' }, 'pod rejected: RuntimeClass "x" not found'],
  ])('are refused for %j', (spec, why) => {
    expect(() => admit(podOf(spec))).toThrow(`pods "p" is forbidden: ${why}`);
  });
});

describe('Pod Security', () => {
  const RESTRICTED =
    '"restricted:latest": allowPrivilegeEscalation != false (container "c" must set ' +
    'securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "c" must set ' +
    'securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "c" must set ' +
    'securityContext.runAsNonRoot=true), seccompProfile (pod or container "c" must set ' +
    'securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")';
  const enforced = (level: string): Record<string, string> => ({ 'pod-security.kubernetes.io/enforce': level });

  it.each([
    [{ hostNetwork: true, hostPID: true }, 'host namespaces (hostNetwork=true, hostPID=true)'],
    [{ volumes: [{ name: 'a', hostPath: { path: '/x' } }] }, 'hostPath volumes (volume "a")'],
    [{ securityContext: { sysctls: [{ name: 'kernel.foo', value: '1' }] } }, 'forbidden sysctls (kernel.foo)'],
    [
      { securityContext: { seLinuxOptions: { type: 'x', user: 'u' } } },
      'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "x"; user may not be set)',
    ],
    [
      { securityContext: { windowsOptions: { hostProcess: true } } },
      'hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)',
    ],
    [
      { securityContext: { appArmorProfile: { type: 'Unconfined' } } },
      'forbidden AppArmor profile (pod must not set AppArmor profile type to "Unconfined")',
    ],
    [
      { containers: [{ ...container, securityContext: { procMount: 'Unmasked' } }] },
      'procMount (container "c" must not set securityContext.procMount to "Unmasked")',
    ],
    [
      { containers: [{ ...container, ports: [{ containerPort: 1, hostPort: 1 }] }] },
      'hostPort (container "c" uses hostPort 1)',
    ],
  ])('refuses %j at baseline', async (spec, why) => {
    await put(namespaceOf(enforced('baseline')));
    expect(() => admit(podOf(spec))).toThrow(`violates PodSecurity "baseline:latest": ${why}`);
  });

  it('refuses Pods and warns of templates at the level that is enforced', async () => {
    await put(namespaceOf(enforced('restricted')));
    expect(() => admit(podOf())).toThrow(`violates PodSecurity ${RESTRICTED}`);
    const template = { spec: { containers: [container] } };
    admit(objectOf('Deployment', 'd', { spec: { template } }));
    expect(warnings).toEqual([`would violate PodSecurity ${RESTRICTED}`]);
  });

  it('asks a Pod again for other images alone, and a template every time', async () => {
    await put(namespaceOf(enforced('restricted')));
    const update = { operation: 'UPDATE', verb: 'update', old: podOf() } as const;
    admit(podOf({ activeDeadlineSeconds: 5 }), update);
    expect(() => admit(podOf({ containers: [{ ...container, image: 'b:1' }] }), update)).toThrow(
      'violates PodSecurity',
    );
    const deployment = objectOf('Deployment', 'd', { spec: { template: { spec: { containers: [container] } } } });
    admit(deployment, { ...update, old: deployment });
    expect(warnings).toHaveLength(1);
  });

  it('refuses labels that mean nothing', () => {
    expect(() => admit(namespaceOf(enforced('foo')))).toThrow(
      'metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "foo": must be one of privileged, ' +
        'baseline, restricted',
    );
  });

  it('warns of Pods that a stricter level would refuse', async () => {
    await put(podOf({ hostNetwork: true }));
    admit(namespaceOf(enforced('baseline')), { operation: 'UPDATE', old: namespaceOf({}) });
    expect(warnings).toEqual([
      'existing pods in namespace "n" violate the new PodSecurity enforce level "baseline:latest"',
      'p: host namespaces',
    ]);
  });
});

describe('Services', () => {
  it('get an address of the range, and one that they name', () => {
    const spec = admit(objectOf('Service', 's', { spec: { type: 'ClusterIP' } }))['spec'];
    expect(spec).toMatchObject({ clusterIP: expect.stringMatching(/^127\.96\./) as string, ipFamilies: ['IPv4'] });
    const named = { type: 'ClusterIP', clusterIP: '127.96.9.9' };
    expect(admit(objectOf('Service', 's', { spec: named }))['spec']).toMatchObject({ clusterIPs: ['127.96.9.9'] });
  });

  it('are refused an address outside the range', () => {
    expect(() => admit(objectOf('Service', 's', { spec: { type: 'ClusterIP', clusterIP: '1.2.3.4' } }))).toThrow(
      'spec.clusterIPs: Invalid value: ["1.2.3.4"]: failed to allocate IP 1.2.3.4: the provided network does not match ' +
        'the current range',
    );
  });

  it('get none where they wish for another family: that will be refused', () => {
    const spec = { type: 'ClusterIP', ipFamilies: ['IPv6'] };
    expect(admit(objectOf('Service', 's', { spec }))['spec']).toEqual(spec);
  });
});
