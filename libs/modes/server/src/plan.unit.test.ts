import { ANNOTATION, LABEL, type SidecarSpec } from '@sympozium/api';
import type { Desired, RunView } from '@sympozium/plugin-sdk';
import type { Deployment, Role, RoleBinding, Service } from '@sympozium/plugin-sdk/manifests';
import { restrictedViolations } from '@sympozium/plugin-sdk/testing';
import { describe, expect, it } from 'vitest';
import {
  deploymentObject,
  keyObject,
  ofKind,
  serverView,
  serving,
  SIDECAR,
  skill,
  type Endpoint,
} from './cluster-objects.test.js';
import { serverConfig, type ServerParams } from './config.js';
import { planServer } from './plan.js';

const planOf = (view: RunView<ServerParams>) => planServer(view, serverConfig.parse({}));
const objectsOf = (view: RunView<ServerParams>) => planOf(view).map(({ object }) => object);
const titles = (plan: readonly Desired[]) => plan.map(({ object }) => `${object.kind} ${object.metadata.name}`);
const withPack = (sidecar: Partial<SidecarSpec>) => serverView({ skills: [skill('bridge', sidecar)] });
const withEndpoint = (endpoint: Endpoint) => serverView({ endpoint });
const templateOf = (view: RunView<ServerParams>) =>
  ofKind<Deployment>(objectsOf(view), 'Deployment').spec.template.spec ?? { containers: [] };
const containerOf = (view: RunView<ServerParams>) => templateOf(view).containers[0];
const secretWish = (view: RunView<ServerParams>) => planOf(view).find(({ object }) => object.kind === 'Secret');

describe('a server', () => {
  it('has these objects, its key and rights before its Pods, and those before its Service', () => {
    expect(planOf(serverView()).map(({ object, stage }) => `${stage}: ${object.kind} ${object.metadata.name}`)).toEqual(
      [
        'credential: Secret demo-server-api-key',
        'credential: ServiceAccount demo-server',
        'credential: Role demo-server',
        'credential: RoleBinding demo-server',
        'workload: Deployment demo-server',
        'service: Service demo-server',
      ],
    );
  });

  it('is what the pack’s sidecar says and nothing else, on port 8080 unless the pack says another', () => {
    expect(containerOf(serverView())).toMatchObject({
      image: SIDECAR.image,
      args: ['serve'],
      ports: [{ name: 'http', containerPort: 8080 }],
      readinessProbe: { tcpSocket: { port: 'http' } },
    });
    const ports = [
      { name: 'admin', containerPort: 9000 },
      { name: 'http', containerPort: 3000 },
    ];
    expect(containerOf(withPack({ ports }))?.ports).toEqual(ports.map((port) => ({ ...port, protocol: 'TCP' })));
    expect(ofKind<Service>(objectsOf(withPack({ ports })), 'Service').spec.ports).toMatchObject([
      { port: 8080, targetPort: 'http' },
    ]);
  });

  it('learns from its environment who it serves, whatever pack and users say', () => {
    const forged = [
      { name: 'SYMPOZIUM_INSTANCE', value: 'other' },
      { name: 'POD_IP', value: '1.2.3.4' },
      { name: 'LEVEL', value: 'pack' },
    ];
    const podTemplate = { env: [{ name: 'LEVEL', value: 'user' }] };
    const view = serverView({
      skills: [skill('bridge', { env: forged })],
      instance: { spec: { runDefaults: { podTemplate } } },
    });
    expect(containerOf(view)?.env).toEqual([
      { name: 'SYMPOZIUM_INSTANCE', value: 'demo' },
      { name: 'SYMPOZIUM_NAMESPACE', value: 'default' },
      { name: 'POD_IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } },
      { name: 'SYMPOZIUM_KEYS_DIR', value: '/run/sympozium/keys' },
      { name: 'SYMPOZIUM_KEYS_SECRET', value: 'demo-server-api-key' },
      { name: 'SYMPOZIUM_SERVICEACCOUNT_DIR', value: '/var/run/secrets/kubernetes.io/serviceaccount' },
      { name: 'LEVEL', value: 'user' },
    ]);
  });

  it('runs in a Pod that satisfies Pod Security restricted, with a token of its own account', () => {
    const spec = templateOf(serverView());
    expect(restrictedViolations(spec)).toEqual([]);
    expect(spec).toMatchObject({
      restartPolicy: 'Always',
      serviceAccountName: 'demo-server',
      automountServiceAccountToken: true,
    });
  });

  it.each([
    ['30s', 35],
    ['11m', 665],
    ['500ms', 6],
    ['0s', 5],
  ])('has its grace of %s after the pause in which routes forget it', (terminationGracePeriod, seconds) => {
    const view = withPack({ terminationGracePeriod });
    expect(templateOf(view).terminationGracePeriodSeconds).toBe(seconds);
    expect(containerOf(view)?.lifecycle).toEqual({ preStop: { sleep: { seconds: 5 } } });
  });

  it('takes amounts from the pack, then the instance, then the run, and a default where nobody speaks', () => {
    const view = serverView({
      skills: [skill('bridge', { resources: { requests: { cpu: '1' }, limits: { memory: '1Gi', cpu: '4' } } })],
      instance: { spec: { runDefaults: { podTemplate: { resources: { limits: { memory: '2Gi', cpu: '3' } } } } } },
      run: { metadata: { name: 'demo-server' }, spec: { podTemplate: { resources: { limits: { cpu: '2' } } } } },
    });
    expect(containerOf(view)?.resources).toEqual({ requests: { cpu: '1' }, limits: { memory: '2Gi', cpu: '2' } });
    expect(containerOf(serverView())?.resources).toEqual({ requests: { cpu: '50m', memory: '64Mi' } });
  });

  it('is found by labels of its run, which its selector takes as few of as will never change', () => {
    const { selector, template } = ofKind<Deployment>(objectsOf(serverView()), 'Deployment').spec;
    expect(selector.matchLabels).toEqual({ [LABEL.run]: 'demo-server', [LABEL.component]: 'server' });
    expect(template.metadata?.labels).toMatchObject({
      ...selector.matchLabels,
      [LABEL.runUid]: '11111111-2222-4333-8444-555555555555',
      [LABEL.instance]: 'demo',
      [LABEL.mode]: 'server',
    });
    expect(ofKind<Service>(objectsOf(serverView()), 'Service').spec.selector).toEqual(selector.matchLabels);
  });
});

describe('its replicas', () => {
  it.each([
    [undefined, 1, false],
    [0, 0, false],
    [1, 1, false],
    [2, 2, true],
    [100, 100, true],
  ])('given as %s are %i; a budget for drains: %s', (replicas, expected, budget) => {
    const objects = objectsOf(withEndpoint(replicas === undefined ? {} : { replicas }));
    expect(ofKind<Deployment>(objects, 'Deployment').spec.replicas).toBe(expected);
    expect(objects.some(({ kind }) => kind === 'PodDisruptionBudget')).toBe(budget);
  });

  it('come and go without another template, which would restart them all', () => {
    expect(templateOf(withEndpoint({ replicas: 5 }))).toEqual(templateOf(serverView()));
  });

  it('are replaced only after others answer', () => {
    expect(ofKind<Deployment>(objectsOf(serverView()), 'Deployment').spec.strategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: 0, maxSurge: '25%' },
    });
  });
});

describe('its key', () => {
  const ours = { authSecretRef: { name: 'ours' } };
  const epoch = (value: string) => ({ metadata: { annotations: { [ANNOTATION.keyEpoch]: value } } });

  it('is generated once, for the epoch that the instance asks for', () => {
    expect(secretWish(serverView())).toMatchObject({
      onDrift: 'create-once',
      generate: { field: 'api-key', prefix: 'sk-', bytes: 32, epoch: '' },
    });
    expect(secretWish(serverView({ instance: epoch('7') }))).toMatchObject({ generate: { epoch: '7' } });
  });

  it('is rotated without a restart', () => {
    const before = objectsOf(serverView());
    expect(objectsOf(serverView({ instance: epoch('7') }))).toEqual(before);
  });

  it('is the user’s own where the instance names a Secret, which is never wished', () => {
    const plan = planOf(withEndpoint(ours));
    expect(titles(plan).filter((title) => title.startsWith('Secret'))).toEqual([]);
    expect(templateOf(withEndpoint(ours)).volumes).toContainEqual({
      name: 'keys',
      secret: { secretName: 'ours', defaultMode: 0o444 },
    });
    expect(ofKind<Role>(objectsOf(withEndpoint(ours)), 'Role').rules.at(-1)?.resourceNames).toEqual(['ours']);
  });

  it('is the user’s own, too, where that Secret has the name of the one that would be made', () => {
    const plan = planOf(withEndpoint({ authSecretRef: { name: 'demo-server-api-key' } }));
    expect(titles(plan).filter((title) => title.startsWith('Secret'))).toEqual([]);
  });

  it('that was generated waits, as it is, for the day on which the user’s own is taken away again', () => {
    const wish = secretWish(serverView({ endpoint: ours, children: [keyObject()] }));
    expect(wish).toEqual({
      object: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'demo-server-api-key' } },
      stage: 'credential',
      onDrift: 'keep',
    });
  });
});

describe('its rights', () => {
  it('are exactly these', () => {
    expect(ofKind<Role>(objectsOf(serverView()), 'Role').rules).toEqual([
      {
        apiGroups: ['sympozium.ai'],
        resources: ['agentruns'],
        verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'],
      },
      { apiGroups: ['sympozium.ai'], resources: ['sympoziuminstances'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] },
      {
        apiGroups: [''],
        resources: ['secrets'],
        resourceNames: ['demo-server-api-key'],
        verbs: ['get', 'list', 'watch'],
      },
    ]);
  });

  it('are those of its own account in its own namespace', () => {
    expect(ofKind<RoleBinding>(objectsOf(serverView()), 'RoleBinding')).toMatchObject({
      roleRef: { kind: 'Role', name: 'demo-server' },
      subjects: [{ kind: 'ServiceAccount', name: 'demo-server', namespace: 'default' }],
    });
  });
});

describe('without a server to wish', () => {
  it.each([
    ['none', []],
    ['two', [skill('one', {}), skill('two', {})]],
  ])('(%s among the skills) nothing is made', (_case, skills) => {
    expect(planOf(serverView({ skills }))).toEqual([]);
  });

  it('what stands goes on as it is: nothing is pruned, nothing is written', () => {
    const plan = planOf(serverView({ ...serving, skills: [] }));
    expect(titles(plan)).toEqual(['Secret demo-server-api-key', 'Deployment demo-server', 'Service demo-server']);
    expect(plan.map(({ onDrift }) => onDrift)).toEqual(['keep', 'keep', 'keep']);
    expect(plan.map(({ object }) => Object.keys(object))).toEqual(Array(3).fill(['apiVersion', 'kind', 'metadata']));
  });

  it('what is gone is not made again', () => {
    expect(titles(planOf(serverView({ children: [deploymentObject()], skills: [] })))).toEqual([
      'Deployment demo-server',
    ]);
  });
});
