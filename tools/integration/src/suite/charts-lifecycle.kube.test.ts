import { AGENT_RUN, serverRunName } from '@sympozium/api';
import { DEPLOYMENT, POD, type Deployment } from '@sympozium/plugin-sdk/manifests';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditLines } from '../fixture/audit.js';
import { chart, helm, type ChartName, type Values } from '../fixture/helm.js';
import { askOnAndOn, Release } from '../fixture/release.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { until } from '../fixture/until.js';

/** There is no release yet: the previous charts are these ones, packaged as an older version, with other values. */
const PREVIOUS = '0.0.9';
const KEY = 'sk-12345678901234567890';
const WAIT = ['--wait', '--timeout=90s'];
/** Instances, runs, and what tasks have. */
const OF_USERS = /^(sympoziuminstance|agentrun)\.sympozium\.ai\/|^(job\.batch|pod)\/(?!demo-server)/;
const OPERATOR = 'sympozium';
const PROXY = 'sympozium-web-proxy';

let release: Release;
const ours = (): Values => ({ watchNamespaces: [release.watched] });
const proxy = (): Values => ({ servedNamespace: release.watched, keys: { entries: { first: { key: KEY } } } });

beforeAll(async () => {
  release = await Release.start(suiteCluster(), 'lifecycle');
});

afterAll(() => release?.stop());

/** Path of a chart as the previous release had it. */
async function previous(name: ChartName): Promise<string> {
  const { folder } = suiteCluster();
  await helm('package', chart(name), '--version', PREVIOUS, '--destination', folder);
  return join(folder, `${name}-${PREVIOUS}.tgz`);
}

const install = (values: Values = {}): Promise<string> =>
  release.helm(['install', OPERATOR, chart('sympozium'), ...WAIT], { ...ours(), ...values });

const uninstall = (...flags: readonly string[]): Promise<string> =>
  release.helm(['uninstall', OPERATOR, ...WAIT, ...flags]);

const operator = (): Promise<Deployment> =>
  release.admin.get(DEPLOYMENT, { namespace: release.system, name: OPERATOR });

/** The chart is installed, and the instance `demo` is served. */
async function serves(values: Values = {}): Promise<void> {
  const { exitCode } = await release.tryHelm(['status', OPERATOR]);
  if (exitCode !== 0) await install(values);
  const instances = await release.contents(release.watched);
  if (!instances.includes('sympoziuminstance.sympozium.ai/demo'))
    await release.createInstance('demo', { serves: true });
  await release.serving('demo');
}

/** Who made the Pods, and whose account they have. */
async function accounts(): Promise<readonly (string | undefined)[]> {
  const { items } = await release.admin.list(POD, {
    namespace: release.system,
    labelSelector: 'app.kubernetes.io/component=operator',
  });
  return items.map(({ spec }) => spec?.serviceAccountName);
}

async function ask(client: ReturnType<Release['client']>, model: string): Promise<void> {
  const answer = await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'Hello' }] });
  expect(answer.choices[0]?.message.content).toBe('Hello');
}

const sharedProxy = async () => release.client(await release.url(release.system, PROXY), KEY);

/** Nothing of the release is anywhere; what the garbage collector takes may go a little later. */
async function nothingRemains(): Promise<void> {
  let found: readonly string[] = [];
  await until('nothing of the release remains', async () => {
    const watched = (await release.contents(release.watched)).filter((name) => !OF_USERS.test(name));
    found = [...(await release.contents(release.system)), ...watched, ...(await release.clusterWide())];
    return found.length === 0;
  }).catch((cause: unknown) => {
    throw new Error(`it remains: ${found.join(', ')}`, { cause });
  });
}

/** Of instances that served only they themselves are left, and say why they do not serve. */
async function isDrained(...instances: readonly string[]): Promise<void> {
  await until('what servers had is gone', async () => {
    const left = await release.contents(release.watched);
    return !left.some((name) => instances.some((instance) => name.includes(serverRunName(instance))));
  });
  for (const name of instances) {
    const { status } = await release.instance(name);
    expect(status?.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', reason: 'Drained' }));
    expect(status?.endpoint).toBeUndefined();
  }
}

describe('from the first installation to the last', { timeout: 180_000 }, () => {
  it('the previous charts are installed; two operators are there, as the account that the chart made', async () => {
    const kinds = await previous('sympozium-crds');
    // The suite’s own kinds become those of the chart.
    await release.helm(['install', 'sympozium-crds', kinds, '--take-ownership', ...WAIT]);
    await release.helm(['install', OPERATOR, await previous('sympozium'), ...WAIT], ours());
    await release.helm(['install', PROXY, await previous('sympozium-web-proxy'), ...WAIT], proxy());
    expect((await operator()).status).toMatchObject({ availableReplicas: 2 });
    expect(await accounts()).toEqual([OPERATOR, OPERATOR]);
  });

  it('an instance is served, and answers at its own server and at the shared proxy', async () => {
    await release.createInstance('demo', { serves: true });
    await release.serving('demo');
    await ask(await release.server('demo'), 'demo');
    await ask(await sharedProxy(), 'demo');
  });

  it('an upgrade to other values, and a rollback, leave no question without its answer', async () => {
    const asking = askOnAndOn(async () => ask(await sharedProxy(), 'demo'));
    const serving = askOnAndOn(async () => ask(await release.server('demo'), 'demo'));
    const plugins = [{ package: '@sympozium/mode-task', config: { requests: { cpu: '50m' } } }];
    const values = { ...ours(), replicas: 3, logLevel: 'debug', plugins };
    await release.helm(['upgrade', 'sympozium-crds', chart('sympozium-crds'), ...WAIT]);
    await release.helm(['upgrade', OPERATOR, chart('sympozium'), ...WAIT], values);
    await release.helm(['upgrade', PROXY, chart('sympozium-web-proxy'), ...WAIT], { ...proxy(), logLevel: 'debug' });
    expect(await operator()).toMatchObject({ spec: { replicas: 3 }, status: { updatedReplicas: 3 } });
    await release.helm(['rollback', OPERATOR, '1', ...WAIT]);
    await release.helm(['rollback', PROXY, '1', ...WAIT]);
    expect(await operator()).toMatchObject({
      spec: { replicas: 2 },
      metadata: { labels: { 'helm.sh/chart': `sympozium-${PREVIOUS}` } },
    });
    const answers = await Promise.all([asking.end(), serving.end()]);
    for (const count of answers) expect(count).toBeGreaterThan(5);
  });

  it('its tests pass, and leave nothing', async () => {
    const before = await release.contents(release.watched);
    expect(await release.helm(['test', OPERATOR, '--timeout=60s'])).toMatch(/^Phase: +Succeeded$/m);
    await until('the test is gone', async () =>
      (await release.contents(release.watched)).every((name) => before.includes(name) || !name.includes('test')),
    );
  });

  it('an uninstall takes the server down and leaves nothing but what users made', async () => {
    await release.helm(['uninstall', PROXY, ...WAIT]);
    await uninstall();
    await isDrained('demo');
    await release.helm(['uninstall', 'sympozium-crds', ...WAIT]);
    await nothingRemains();
    // The kinds stay, and with them every instance and run.
    const left = await release.contents(release.watched);
    expect(left).toContain('sympoziuminstance.sympozium.ai/demo');
    const { items } = await release.admin.list(AGENT_RUN, { namespace: release.watched });
    expect(items.length).toBeGreaterThan(0);
    expect(new Set(items.map(({ status }) => status.phase))).toEqual(new Set(['Succeeded']));
  });

  it('an installation brings the server back', async () => {
    await install();
    await release.serving('demo');
    await ask(await release.server('demo'), 'demo');
  });

  it('a drain uses the two rights that it has besides, and meets no refusal', async () => {
    const user = `system:serviceaccount:${release.system}:${OPERATOR}`;
    const asked = auditLines(suiteCluster().auditLog).filter(({ user: { username } }) => username === user);
    const places = asked.map(({ verb, objectRef: on }) => `${verb} ${on?.resource}/${on?.subresource ?? ''}`);
    expect(places).toEqual(expect.arrayContaining(['patch deployments/scale', 'delete leases/']));
    const refused = asked.filter(({ responseStatus }) => responseStatus?.code === 403);
    expect(refused.map(({ verb, objectRef }) => `${verb} ${JSON.stringify(objectRef)}`)).toEqual([]);
  });
});

describe('an uninstall', { timeout: 180_000 }, () => {
  it('takes servers down although the operators are broken', async () => {
    await serves();
    const container = { name: 'operator', image: 'sympozium/broken:1' };
    const spec = {
      strategy: { type: 'Recreate', rollingUpdate: null },
      template: { spec: { containers: [container] } },
    };
    await release.admin.patch(
      DEPLOYMENT,
      { namespace: release.system, name: OPERATOR },
      { type: 'strategic', body: { spec } },
    );
    await until('no operator works', async () => (await operator()).status?.availableReplicas === undefined);
    await uninstall();
    await isDrained('demo');
    await nothingRemains();
  });

  it('says what keeps a server, and goes on when it is tried again', async () => {
    await serves({ drain: { timeoutSeconds: 10 } });
    const pods = { namespace: release.watched, labelSelector: `sympozium.ai/run=${serverRunName('demo')}` };
    const [pod] = (await release.admin.list(POD, pods)).items;
    const held = (finalizers: readonly string[] | null): Promise<unknown> =>
      release.admin.patch(
        POD,
        { namespace: release.watched, name: pod?.metadata.name ?? '' },
        { type: 'merge', body: { metadata: { finalizers } } },
      );
    await held(['example.com/held']);
    const failed = await release.tryHelm(['uninstall', OPERATOR, ...WAIT]);
    expect(failed.exitCode).toBe(1);
    expect(`${failed.stdout}${failed.stderr}`).toContain(
      `${release.watched}/demo-server: it waits for Deployment demo-server`,
    );
    await held(null);
    await release.helm(['rollback', OPERATOR, '1', ...WAIT, '--force-conflicts']);
    expect((await operator()).status).toMatchObject({ availableReplicas: 2 });
    await release.serving('demo');
    // On a busy machine one try may be too short.
    await until(
      'it is uninstalled',
      async () => (await release.tryHelm(['uninstall', OPERATOR, ...WAIT])).exitCode === 0,
      90_000,
    );
    await isDrained('demo');
    await nothingRemains();
  });

  it('fails where its image cannot be pulled; after a rollback to one that can it works', async () => {
    await serves();
    const broken = { ...ours(), image: { tag: 'broken' }, drain: { timeoutSeconds: 1 } };
    await release.helm(['upgrade', OPERATOR, chart('sympozium')], broken);
    const failed = await release.tryHelm(['uninstall', OPERATOR, ...WAIT]);
    expect(failed.exitCode).toBe(1);
    await release.helm(['rollback', OPERATOR, '1', ...WAIT]);
    await uninstall();
    await isDrained('demo');
    await nothingRemains();
  });

  it('works where a watched namespace is being deleted, or is gone', async () => {
    const other = `${release.watched}-other`;
    await release.createNamespace(other);
    await serves({ watchNamespaces: [release.watched, other] });
    await release.createInstance('guest', { namespace: other, serves: true });
    await release.serving('guest', other);
    await release.kubectl('scale', `--namespace=${release.system}`, 'deployment', OPERATOR, '--replicas=0');
    await until('no operator works', async () => (await operator()).status?.replicas === undefined);
    // As the namespace controller does, which looks again after half of the Pods’ grace period only.
    await release.kubectl('delete', 'namespace', other, '--wait=false');
    await release.kubectl('delete', 'rolebinding', '--all', `--namespace=${other}`);
    await release.kubectl('delete', 'agentrun', '--all', `--namespace=${other}`, '--wait=false');
    await uninstall();
    expect((await release.admin.list(AGENT_RUN, { namespace: other })).items).toEqual([]);
    await isDrained('demo');
    await nothingRemains();

    const gone = `${release.watched}-gone`;
    await release.createNamespace(gone);
    await install({ watchNamespaces: [release.watched, gone] });
    await release.kubectl('delete', 'namespace', gone, '--timeout=30s');
    await uninstall();
    await nothingRemains();
  });

  it('without hooks leaves servers as they are, until one with them follows', async () => {
    await serves();
    await uninstall('--no-hooks');
    const { data } = await (await release.server('demo')).models.list();
    expect(data.map(({ id }) => id)).toEqual(['demo']);
    expect(await release.contents(release.system)).toEqual([
      'lease.coordination.k8s.io/sympozium-operator',
      'skillpack.sympozium.ai/web-endpoint',
    ]);
    await install();
    await uninstall();
    await isDrained('demo');
    await nothingRemains();
  });
});
