import { describe, expect, it } from 'vitest';
import { one, podOf, render, type Rendered } from './testing/rendered.js';

const HOOK = 'helm.sh/hook';
const ofDrain = (objects: readonly Rendered[]): readonly Rendered[] =>
  objects.filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === 'drain');
const titles = (objects: readonly Rendered[]): readonly string[] =>
  objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`).sort();

describe('what drains before an uninstall', () => {
  it('is made by hooks alone, its rights first, and none of it in a namespace that may be gone', async () => {
    const drain = ofDrain(await render('sympozium', { watchNamespaces: ['team-a', 'team-b'] }));
    expect(titles(drain)).toEqual([
      'ClusterRole /sys.demo-sympozium-drain',
      'ClusterRoleBinding /sys.demo-sympozium-drain',
      'Job sys/demo-sympozium-drain',
      'Role sys/demo-sympozium-drain',
      'RoleBinding sys/demo-sympozium-drain',
    ]);
    for (const { kind, metadata } of drain) {
      const weight = kind === 'Job' ? {} : { 'helm.sh/hook-weight': '-1' };
      expect(metadata.annotations).toMatchObject({
        [HOOK]: 'pre-delete',
        'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded',
        ...weight,
      });
    }
  });

  it('may read runs everywhere already where the whole cluster is watched', async () => {
    const drain = ofDrain(await render('sympozium', { watchNamespaces: ['*'] }));
    expect(drain.map(({ kind }) => kind).sort()).toEqual(['Job', 'Role', 'RoleBinding']);
  });

  it('is the operator with another command: same image, account and environment, and its Deployment’s name', async () => {
    const values = { extraEnv: [{ name: 'A', value: 'b' }], pluginImages: [{ image: 'plugins:1' }] };
    const objects = await render('sympozium', values);
    const [operator, drain] = [podOf(objects, 'Deployment'), podOf(objects, 'Job')];
    const [theirs, own] = [operator.spec.containers[0], drain.spec.containers[0]];
    expect(own).toMatchObject({
      args: ['drain'],
      image: theirs?.image,
      volumeMounts: theirs?.volumeMounts,
      env: [
        { name: 'OPERATOR_DEPLOYMENT', value: one(objects, 'Deployment').metadata.name },
        { name: 'DRAIN_TIMEOUT_SECONDS', value: '240' },
        ...(theirs?.env ?? []),
      ],
    });
    expect(drain.spec).toMatchObject({
      restartPolicy: 'Never',
      serviceAccountName: operator.spec.serviceAccountName,
      initContainers: operator.spec.initContainers,
      volumes: operator.spec.volumes,
    });
  });

  it('may scale this one Deployment and delete this one Lease', async () => {
    const objects = await render('sympozium', { fullnameOverride: 'agents' });
    const { rules = [] } = one(objects, 'Role', 'agents-drain');
    expect(rules).toEqual([
      { apiGroups: ['apps'], resources: ['deployments/scale'], resourceNames: ['agents'], verbs: ['patch'] },
      {
        apiGroups: ['coordination.k8s.io'],
        resources: ['leases'],
        resourceNames: ['sympozium-operator'],
        verbs: ['delete'],
      },
    ]);
  });

  it('has a while to start beyond its own time, and is not tried again when that is over', async () => {
    const job = one(await render('sympozium', { drain: { timeoutSeconds: 1000 } }), 'Job');
    expect(job.spec).toMatchObject({
      activeDeadlineSeconds: 1030,
      podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { containerName: 'drain', values: [3] } }] },
    });
  });

  it('is not there where nobody wants it', async () => {
    expect(ofDrain(await render('sympozium', { drain: { enabled: false } }))).toEqual([]);
  });
});
