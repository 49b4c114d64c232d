import type { Kind, KubeObject } from '@sympozium/api';
import {
  DEPLOYMENT,
  POD_DISRUPTION_BUDGET,
  ROLE,
  ROLE_BINDING,
  SECRET,
  SERVICE,
  SERVICE_ACCOUNT,
} from '@sympozium/plugin-sdk/manifests';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Served } from '../fixture/served.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { Sympozium } from '../fixture/sympozium.js';
import { until } from '../fixture/until.js';

/** A child is as it was within a second of the change; the machine's own load gets as much again. */
const REPAIR_MS = 2_000;

let system: Sympozium;
let served: Served;

beforeAll(async () => {
  system = await Sympozium.start(suiteCluster(), { name: 'drift', proxy: false });
  served = await Served.create(system, 'echo', { endpoint: { replicas: 2 } });
  await served.serving();
});

afterAll(() => system?.stop());

/** Every child of a server, and an edit of what its plan says. */
const CHILDREN: readonly (readonly [Kind, suffix: string, edit?: object])[] = [
  [SECRET, '-api-key'],
  [
    SERVICE_ACCOUNT,
    '',
    { automountServiceAccountToken: false, metadata: { labels: { 'sympozium.ai/mode': 'other' } } },
  ],
  [ROLE, '', { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] }],
  [ROLE_BINDING, '', { subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'default' }] }],
  [DEPLOYMENT, '', { spec: { replicas: 0, progressDeadlineSeconds: 7 } }],
  [POD_DISRUPTION_BUDGET, '', { spec: { maxUnavailable: '100%' } }],
  [SERVICE, '', { spec: { ports: [{ name: 'http', port: 9999, targetPort: 9999 }] } }],
];

const titled = CHILDREN.map(([kind, suffix, edit]) => ({ title: kind.kind, kind, suffix, edit }));
const edited = titled.filter(({ edit }) => edit !== undefined);

const nameOf = (suffix: string): { namespace: string; name: string } => ({
  namespace: system.namespace,
  name: `${served.run}${suffix}`,
});

/** What a plan says of an object: everything but what the server and controllers write. */
function said(object: KubeObject | undefined): string | undefined {
  if (!object) return undefined;
  const { labels, ownerReferences } = object.metadata;
  const stable = JSON.stringify({ ...object, metadata: { labels, ownerReferences }, status: undefined });
  return stable.replaceAll(/"clusterIPs?":("[^"]*"|\[[^\]]*\]),?/g, '');
}

const writesOf = (kind: Kind): number =>
  system.writes().filter(({ objectRef }) => objectRef?.resource === kind.plural).length;

async function isRepaired(kind: Kind, suffix: string, whole: string | undefined): Promise<void> {
  await until(
    `the ${kind.kind} is as it was`,
    async () => said(await served.get(kind, nameOf(suffix).name)) === whole,
    REPAIR_MS,
  );
}

describe.each(titled)('the $title of a server', ({ kind, suffix }) => {
  it('comes back when it is deleted', async () => {
    const whole = await served.get(kind, nameOf(suffix).name);
    const before = writesOf(kind);
    await system.admin.delete(kind, nameOf(suffix));
    await isRepaired(kind, suffix, said(whole));
    await system.quiet();
    expect(writesOf(kind) - before).toBe(1);
    const back = await served.get(kind, nameOf(suffix).name);
    expect(back?.metadata.uid).not.toBe(whole?.metadata.uid);
  });

  it.each([
    ['its run label', { labels: { 'sympozium.ai/run': null } }],
    ['its uid label', { labels: { 'sympozium.ai/run-uid': null } }],
    ['its owner', { ownerReferences: null }],
  ])('gets back %s', async (_, metadata) => {
    const whole = said(await served.get(kind, nameOf(suffix).name));
    const before = writesOf(kind);
    await system.admin.patch(kind, nameOf(suffix), { type: 'merge', body: { metadata } });
    await isRepaired(kind, suffix, whole);
    await system.quiet();
    expect(writesOf(kind) - before).toBeLessThanOrEqual(2); // a create that finds it there, and the repair
  });
});

describe.each(edited)('the $title of a server', ({ kind, suffix, edit }) => {
  it('is put right when it is edited', async () => {
    const whole = said(await served.get(kind, nameOf(suffix).name));
    const before = writesOf(kind);
    await system.admin.patch(kind, nameOf(suffix), { type: 'merge', body: edit ?? {} });
    await isRepaired(kind, suffix, whole);
    await system.quiet();
    // Where an edit makes an apply invalid, it is overwritten: the refused apply, the repair, and its traces.
    expect(writesOf(kind) - before).toBeLessThanOrEqual(kind === SERVICE ? 3 : 1);
  });
});

it('is left to whoever took the name of a child, and says so until the name is free', async () => {
  const name = nameOf('');
  await system.operator.kill();
  await system.admin.delete(SERVICE, name);
  const foreign = { apiVersion: 'v1', kind: 'Service', metadata: name, spec: { ports: [{ port: 80 }] } };
  await system.admin.create(SERVICE, foreign as KubeObject);
  await system.startOperator();
  await until('the conflict is named', async () => {
    const run = await served.serverRun();
    return run?.status.conditions?.some(({ type, reason }) => type === 'Applied' && reason === 'NameConflict');
  });
  await system.quiet();
  expect((await served.get(SERVICE, name.name))?.metadata.ownerReferences).toBeUndefined();
  await system.admin.delete(SERVICE, name);
  await served.serving();
  expect(await served.ask('Again')).toBe('Again');
});

it('makes no write when nothing changes, and none when the operator starts again', async () => {
  await served.serving();
  await system.quiet();
  const before = system.writes().length;
  await system.operator.kill();
  await system.startOperator();
  await system.quiet();
  expect(system.writes().slice(before)).toEqual([]);
});
