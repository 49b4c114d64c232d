import { describe, expect, it } from 'vitest';
import { CHARTS } from './generated-files.js';
import { one, podOf, podsOf, render, type Values } from './testing/rendered.js';

const IMAGES = { sympozium: 'sympozium/operator', 'sympozium-web-proxy': 'sympozium/web-proxy' } as const;
const DIGEST = `sha256:${'a'.repeat(64)}`;

describe.each(CHARTS)('the Pods of %s', (chart) => {
  const main = async (values: Values) => {
    const { spec, ...pod } = podOf(await render(chart, values), 'Deployment');
    const [container] = spec.containers;
    if (!container) throw new Error('no container');
    return { ...pod, spec, container };
  };

  it('have an image by tag or digest, from a registry of ours if there is one', async () => {
    const image = async (values: Values) => (await main(values)).container.image;
    expect(await image({})).toBe(`${IMAGES[chart]}:0.1.0`);
    expect(await image({ image: { tag: '1.2.3' } })).toBe(`${IMAGES[chart]}:1.2.3`);
    expect(await image({ image: { tag: '1.2.3', digest: DIGEST } })).toBe(`${IMAGES[chart]}@${DIGEST}`);
    expect(await image({ imageRegistry: 'r.example:5000/m' })).toBe(`r.example:5000/m/${IMAGES[chart]}:0.1.0`);
  });

  it('start slowly without being killed, and are taken out when they are not ready', async () => {
    const { container } = await main({});
    expect(container.startupProbe).toMatchObject({
      httpGet: { path: '/healthz', port: 'metrics' },
      failureThreshold: 60,
    });
    expect(container.readinessProbe).toMatchObject({ httpGet: { path: '/readyz', port: 'metrics' } });
    expect(container.livenessProbe).toMatchObject({ httpGet: { path: '/healthz', port: 'metrics' } });
  });

  it('are spread over zones and nodes, unless somebody says how', async () => {
    const spread = async (values: Values) => (await main(values)).spec['topologySpreadConstraints'];
    expect(await spread({})).toMatchObject([
      { topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
      { topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' },
    ]);
    const own = [{ maxSkew: 1, topologyKey: 'rack', whenUnsatisfiable: 'DoNotSchedule' }];
    expect(await spread({ topologySpreadConstraints: own })).toEqual(own);
  });

  it('are never selected by labels that a user gives them', async () => {
    const stolen = { 'app.kubernetes.io/component': 'other', 'app.kubernetes.io/instance': 'other', mine: 'x' };
    const { labels } = await main({ podLabels: stolen, commonLabels: stolen });
    expect(labels).toMatchObject({ 'app.kubernetes.io/instance': 'demo', mine: 'x' });
    expect(labels['app.kubernetes.io/component']).not.toBe('other');
  });

  it('are placed, labelled and annotated as is said, tests among them', async () => {
    const place = { nodeSelector: { a: 'b' }, tolerations: [{ operator: 'Exists' }], priorityClassName: 'high' };
    const said = { podLabels: { mesh: 'no' }, podAnnotations: { mesh: 'no' } };
    const objects = await render(chart, { ...place, ...said });
    expect(podsOf(objects).map(({ of }) => of)).toContain(`Pod demo-${chart}-test`);
    for (const { of, labels, annotations, spec } of podsOf(objects)) {
      expect(spec, of).toMatchObject({ ...place, nodeSelector: { a: 'b', 'kubernetes.io/os': 'linux' } });
      expect([labels, annotations], of).toMatchObject([{ mesh: 'no' }, { mesh: 'no' }]);
    }
  });

  it('are replaced one after the other, or all at once', async () => {
    const strategy = async (values: Values) => one(await render(chart, values), 'Deployment').spec?.['strategy'];
    expect(await strategy({})).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: 0, maxSurge: 1 },
    });
    expect(await strategy({ updateStrategy: { type: 'Recreate' } })).toEqual({ type: 'Recreate' });
  });
});

describe('the operator', () => {
  const deployment = async (values: Values) => podOf(await render('sympozium', values), 'Deployment');

  it('is started again when its plugins change, and not when only their order of keys does', async () => {
    const checksum = async (plugin: object) => {
      const { spec } = one(await render('sympozium', { plugins: [plugin] }), 'Deployment');
      return (spec as { template: { metadata: { annotations: object } } }).template.metadata.annotations;
    };
    const before = await checksum({ package: 'a', config: { x: 1, y: 2 } });
    expect(before).toHaveProperty('checksum/plugins');
    expect(await checksum({ config: { y: 2, x: 1 }, package: 'a' })).toEqual(before);
    expect(await checksum({ package: 'a', config: { x: 1, y: 3 } })).not.toEqual(before);
  });

  it('finds the packages of plugins where images or a volume bring them', async () => {
    const path = { name: 'packages', mountPath: '/plugins', readOnly: true };
    const byImage = await deployment({ pluginImages: [{ image: 'a:1' }, { image: 'b:1', path: '/opt' }] });
    expect(byImage.spec.initContainers?.map(({ image, command }) => [image, command])).toEqual([
      ['a:1', ['cp', '-Rf', '/plugins/.', '/packages/']],
      ['b:1', ['cp', '-Rf', '/opt/.', '/packages/']],
    ]);
    expect(byImage.spec.containers[0]?.volumeMounts).toContainEqual(path);
    const byVolume = await deployment({ pluginsVolume: { image: { reference: 'a:1' } } });
    expect(byVolume.spec.containers[0]?.volumeMounts).toContainEqual(path);
    expect(byVolume.spec.volumes).toContainEqual({ name: 'packages', image: { reference: 'a:1' } });
    expect((await deployment({})).spec.volumes?.map(({ name }) => name)).toEqual(['plugins']);
  });

  it('sees Secrets in its watched namespaces alone', async () => {
    const objects = await render('sympozium', { watchNamespaces: ['a', 'b'] });
    const seeing = objects.filter(({ rules = [] }) => rules.some(({ resources }) => resources?.includes('secrets')));
    expect(seeing.map(({ kind, metadata }) => `${kind} ${metadata.namespace}`)).toEqual(['Role a', 'Role b']);
  });

  it('has the images of runs pulled by a DaemonSet of ours', async () => {
    const { spec } = podOf(await render('sympozium', { prePull: { enabled: true }, imageRegistry: 'r' }), 'DaemonSet');
    expect(spec.initContainers?.map(({ image, command }) => [image, command])).toEqual([
      ['r/sympozium/web-proxy:0.1.0', ['node', '--version']],
    ]);
    expect(spec.containers.map(({ image }) => image)).toEqual(['r/sympozium/agent-runner:0.1.0']);
  });
});

describe('the web proxy', () => {
  it('sees the one Secret with its keys', async () => {
    const { rules = [] } = one(await render('sympozium-web-proxy', { keys: { existingSecret: 'mine' } }), 'Role');
    const secrets = rules.filter(({ resources }) => resources?.includes('secrets'));
    expect(secrets.map(({ resourceNames }) => resourceNames)).toEqual([['mine']]);
  });

  it('has its keys as data, so that one can be taken away again', async () => {
    const key = 'sk-12345678901234567890';
    const { data = {} } = one(await render('sympozium-web-proxy', { keys: { entries: { me: { key } } } }), 'Secret');
    expect(JSON.parse(Buffer.from(data['me'] ?? '', 'base64').toString())).toEqual({ key });
  });

  it('has time to end what it has begun', async () => {
    const shutdown = { drainSeconds: 7, graceSeconds: 20 };
    const { spec } = podOf(await render('sympozium-web-proxy', { shutdown }), 'Deployment');
    expect(spec['terminationGracePeriodSeconds']).toBeGreaterThan(27);
    expect(spec.containers[0]?.env).toContainEqual({ name: 'DRAIN_MS', value: '7000' });
    expect(spec.containers[0]?.env).toContainEqual({ name: 'GRACE_MS', value: '20000' });
  });

  it('is not ended by a route that streams, whatever way in there is', async () => {
    const values = { ingress: { enabled: true }, httpRoute: { enabled: true, parentRefs: [{ name: 'g' }] } };
    const objects = await render('sympozium-web-proxy', values);
    expect(one(objects, 'HTTPRoute').spec?.['rules']).toMatchObject([{ timeouts: { request: '0s' } }]);
    expect(one(objects, 'Ingress').metadata.annotations).toMatchObject({
      'nginx.ingress.kubernetes.io/proxy-read-timeout': '3600',
      'nginx.ingress.kubernetes.io/proxy-buffering': 'off',
    });
  });
});
