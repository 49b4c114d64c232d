import { helmPath } from '@sympozium/get-helm';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { CHARTS, generatedFiles } from './generated-files.js';

const root = resolve(import.meta.dirname, '../../..');
const run = promisify(execFile);
let helm = '';
beforeAll(async () => {
  helm = await helmPath();
}, 120_000);

const command = async (...args: string[]): Promise<string> => (await run(helm, args, { cwd: root })).stdout;

interface Labelled {
  readonly labels?: Record<string, string>;
}
interface Rendered {
  readonly kind: string;
  readonly metadata: Labelled & { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly Record<string, readonly string[]>[];
  readonly data?: Record<string, string>;
  readonly spec?: {
    readonly selector?: { matchLabels?: Record<string, string> } & Record<string, unknown>;
    readonly template?: { metadata: Labelled; spec: Record<string, unknown> & { containers: Container[] } };
    readonly podSelector?: { matchLabels: Record<string, string> };
    readonly policyTypes?: string[];
    readonly replicas?: number;
  };
}
interface Container {
  readonly image: string;
  readonly securityContext: object;
}

async function render(chart: string, sets: readonly string[]): Promise<Rendered[]> {
  const flags = sets.flatMap((set) => ['--set', set]);
  const text = await command('template', 'demo', `charts/${chart}`, '--namespace', 'sys', ...flags);
  return parseAllDocuments(text).map((document) => document.toJS() as Rendered);
}

const one = (objects: readonly Rendered[], kind: string): Rendered => {
  const [found] = objects.filter((object) => object.kind === kind);
  if (!found) throw new Error(`no ${kind}`);
  return found;
};

const selectorOf = (spec: Rendered['spec'] = {}): object | undefined =>
  spec.podSelector?.matchLabels ?? spec.selector?.matchLabels ?? spec.selector;

const MATRIX: readonly (readonly [string, readonly string[]])[] = [
  ['sympozium', []],
  ['sympozium', ['watchNamespaces={a,b}', 'replicas=1', 'commonLabels.team=x', 'podLabels.p=q']],
  ['sympozium', ['watchNamespaces={*}', 'aggregateRoles=false', 'serviceMonitor.enabled=true']],
  ['sympozium', ['networkPolicy.enabled=false', 'podDisruptionBudget=false', 'plugins[0].package=@acme/x']],
  ['sympozium-web-proxy', []],
  ['sympozium-web-proxy', ['servedNamespace=a', 'keys.existingSecret=keys', 'autoscaling.enabled=true']],
  ['sympozium-web-proxy', ['keys.entries.me.key=sk-12345678901234567890', 'serviceMonitor.enabled=true']],
  ['sympozium-web-proxy', ['httpRoute.enabled=true', 'httpRoute.parentRefs[0].name=g', 'httpRoute.hostnames={a.b}']],
  ['sympozium-web-proxy', ['ingress.enabled=true', 'ingress.hosts={a.b}', 'networkPolicy.enabled=false']],
];

it.each([...generatedFiles(root)])('%s is what values.yaml generates (else: npm run generate)', (path, text) => {
  expect(readFileSync(join(root, path), 'utf8')).toBe(text);
});

it.each(CHARTS)('%s passes helm lint --strict', async (chart) => {
  expect(await command('lint', '--strict', `charts/${chart}`)).toContain('0 chart(s) failed');
});

describe.each(MATRIX)('%s with %j', (chart, sets) => {
  let objects: Rendered[] = [];
  beforeAll(async () => {
    objects = await render(chart, sets);
  });

  it('makes Pods that Pod Security restricted allows, with a read-only root', () => {
    const { template } = one(objects, 'Deployment').spec ?? {};
    expect(template?.spec).toMatchObject({
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(template?.spec.containers.length).toBeGreaterThan(0);
    for (const { securityContext } of template?.spec.containers ?? [])
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        capabilities: { drop: ['ALL'] },
        seccompProfile: { type: 'RuntimeDefault' },
      });
  });

  it('grants nothing by wildcard', () => {
    const rules = objects.flatMap((object) => object.rules ?? []);
    expect(rules.length).toBeGreaterThan(0);
    for (const rule of rules) expect(Object.values(rule).flat()).not.toContain('*');
  });

  it('selects its own Pods and gives every object its labels', () => {
    const labels = one(objects, 'Deployment').spec?.template?.metadata.labels;
    for (const { kind, spec, metadata } of objects) {
      expect(metadata.labels).toMatchObject({ 'app.kubernetes.io/instance': 'demo' });
      const selector = selectorOf(spec);
      if (selector && kind !== 'ServiceMonitor') expect(labels).toMatchObject(selector);
    }
  });

  it('names each object once', () => {
    const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace} ${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

it('denies both ways by default', async () => {
  for (const chart of CHARTS)
    expect(one(await render(chart, []), 'NetworkPolicy').spec?.policyTypes).toEqual(['Ingress', 'Egress']);
});

it('lets the operator see Secrets in its watched namespaces alone', async () => {
  const objects = await render('sympozium', ['watchNamespaces={a,b}']);
  const seeing = objects.filter(({ rules = [] }) => rules.some(({ resources }) => resources?.includes('secrets')));
  expect(seeing.map(({ kind, metadata }) => `${kind} ${metadata.namespace}`)).toEqual(['Role a', 'Role b']);
});

it('lets the web proxy see the one Secret with its keys', async () => {
  const { rules = [] } = one(await render('sympozium-web-proxy', ['keys.existingSecret=mine']), 'Role');
  const secrets = rules.filter(({ resources }) => resources?.includes('secrets'));
  expect(secrets.map(({ resourceNames }) => resourceNames)).toEqual([['mine']]);
});

it('takes a digest instead of a tag', async () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  for (const chart of CHARTS) {
    const objects = await render(chart, [`image.digest=${digest}`, 'image.repository=r/x']);
    expect(one(objects, 'Deployment').spec?.template?.spec.containers[0]?.image).toBe(`r/x@${digest}`);
  }
});

it.each([
  ['sympozium', 'replica=3'],
  ['sympozium', 'image.name=x'],
  ['sympozium', 'plugins[0].packge=x'],
  ['sympozium', 'watchNamespaces={*,a}'],
  ['sympozium', 'extraRules[0].verbs={*}'],
  ['sympozium-web-proxy', 'keys.entries.me.secret=x'],
  ['sympozium-web-proxy', 'keys.entries.me.key=short'],
  ['sympozium-web-proxy', 'autoscaling.min=1'],
])('%s refuses %s', async (chart, set) => {
  await expect(render(chart, [set])).rejects.toThrow(/values don't meet the specifications of the schema/);
});
