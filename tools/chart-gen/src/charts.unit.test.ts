import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { generatedFiles } from './generated-files.js';
import { CHART_CASES } from './matrix.js';
import { containersOf, helm, podsOf, render, root, type Rendered } from './testing/rendered.js';

/** The longest that Helm takes. */
const LONG_RELEASE = `r${'x'.repeat(51)}e`;
const OF_CLUSTER = new Set(['ClusterRole', 'ClusterRoleBinding']);
const SELECTOR_LABELS = ['component', 'instance', 'name'].map((label) => `app.kubernetes.io/${label}`);

it.each([...generatedFiles(root)])('%s is what values.yaml generates (else: npm run generate)', (path, text) => {
  expect(readFileSync(join(root, path), 'utf8')).toBe(text);
});

it.each(['sympozium', 'sympozium-web-proxy', 'sympozium-crds'])('%s passes helm lint --strict', async (chart) => {
  expect(await helm(['lint', '--strict', `charts/${chart}`])).toContain('0 chart(s) failed');
});

describe.each(CHART_CASES)('$chart with $what', ({ chart, values }) => {
  let objects: Rendered[] = [];
  beforeAll(async () => {
    objects = await render(chart, values);
  });

  it('makes Pods that Pod Security restricted allows, with a read-only root', () => {
    expect(podsOf(objects).length).toBeGreaterThan(1);
    for (const pod of podsOf(objects)) {
      expect(pod.spec.securityContext, pod.of).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      for (const { securityContext } of containersOf(pod))
        expect(securityContext, pod.of).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          runAsNonRoot: true,
          capabilities: { drop: ['ALL'] },
          seccompProfile: { type: 'RuntimeDefault' },
        });
    }
  });

  it('says of each container which image, never the latest, and what it needs', () => {
    for (const { image, resources } of podsOf(objects).flatMap(containersOf)) {
      expect(image).toMatch(/^[\w./-]+(:(?!latest$)[\w.-]+|@sha256:[0-9a-f]{64})$/);
      expect(resources.requests).toHaveProperty('memory');
    }
  });

  it('mounts a token where a ServiceAccount of its own has rights, and nowhere else', () => {
    const accounts = objects.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name);
    for (const { of, spec } of podsOf(objects)) {
      expect(spec.automountServiceAccountToken, of).toBe(spec.serviceAccountName !== undefined);
      if (spec.serviceAccountName !== undefined) expect(accounts, of).toContain(spec.serviceAccountName);
    }
  });

  it('mounts the volumes that there are', () => {
    for (const pod of podsOf(objects)) {
      const mounted = containersOf(pod).flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name));
      const volumes = (pod.spec.volumes ?? []).map(({ name }) => name);
      expect(new Set(mounted), pod.of).toEqual(new Set(volumes));
      expect(new Set(volumes).size, pod.of).toBe(volumes.length);
    }
  });

  it('grants nothing by wildcard', () => {
    const rules = objects.flatMap((object) => object.rules ?? []);
    expect(rules.length).toBeGreaterThan(0);
    for (const rule of rules) expect(Object.values(rule).flat()).not.toContain('*');
  });

  it('gives every object its namespace and the recommended labels, a user’s besides', () => {
    const { commonLabels = {}, nameOverride = chart } = values as { commonLabels?: object; nameOverride?: string };
    for (const { kind, metadata } of objects) {
      expect(metadata.namespace !== undefined, `${kind} ${metadata.name}`).toBe(!OF_CLUSTER.has(kind));
      expect(metadata.labels).toMatchObject({
        ...commonLabels,
        'app.kubernetes.io/name': nameOverride,
        'app.kubernetes.io/instance': 'demo',
        'app.kubernetes.io/component': expect.any(String) as string,
        'app.kubernetes.io/part-of': 'sympozium',
        'app.kubernetes.io/version': '0.1.0',
        'app.kubernetes.io/managed-by': 'Helm',
        'helm.sh/chart': `${chart}-0.1.0`,
      });
    }
  });

  it('selects by what no upgrade changes, and the Pods that are meant', () => {
    const selecting = objects.filter(({ kind }) => ['Deployment', 'DaemonSet', 'Service'].includes(kind));
    for (const { kind, metadata, spec = {} } of selecting) {
      const selector = spec['selector'] as { matchLabels?: object };
      const labels = selector.matchLabels ?? selector;
      expect(Object.keys(labels).sort()).toEqual(SELECTOR_LABELS);
      const own = kind === 'Service' ? `Deployment ${metadata.name.replace(/-(pods|metrics)$/, '')}` : undefined;
      const selected = podsOf(objects).filter((pod) => Object.entries(labels).every(([k, v]) => pod.labels[k] === v));
      expect(selected.map(({ of }) => of)).toEqual([own ?? `${kind} ${metadata.name}`]);
    }
  });

  it.each(['demo', LONG_RELEASE])('has a short name for each object once, as release %s', async (release) => {
    const released = await render(chart, values, release);
    const names = released.map(({ kind, metadata }) => `${kind} ${metadata.namespace} ${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
    for (const { metadata } of released) expect(metadata.name).toMatch(/^[a-z]([-.a-z0-9]{0,61}[a-z0-9])?$/);
  });
});
