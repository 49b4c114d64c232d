import {
  AGENT_RUN,
  API_VERSION,
  LABEL,
  ownerReference,
  streamAudience,
  SYMPOZIUM_INSTANCE,
  type AgentRun,
  type Kind,
} from '@sympozium/api';
import { CONFIG_MAP, SECRET, SERVICE_ACCOUNT, type Pod } from '@sympozium/plugin-sdk/manifests';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Credential, type Attempt } from '../fixture/credential.js';
import { agentImage } from '../fixture/images.js';
import { Served } from '../fixture/served.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { API_KEY, Sympozium } from '../fixture/sympozium.js';
import { until } from '../fixture/until.js';
import { TRESPASSER } from '../rights/denials.js';

/** The chart's name for it. */
const KEYS = 'sympozium-web-proxy-keys';

let system: Sympozium;
let served: Served;
const credentials: Credential[] = [];

beforeAll(async () => {
  // As the chart has it: its keys stand in the one Secret that it may read.
  const proxyEnv = { SYMPOZIUM_KEYS_SECRET: KEYS };
  system = await Sympozium.start(suiteCluster(), { name: 'rights', proxyEnv });
  await system.createSecret(KEYS, { 'api-key': API_KEY });
  await system.createInstance('leaky', { agent: { image: agentImage('token-agent') } });
  await system.createSecret('of-others', { password: 'not yours' });
  served = await Served.create(system, 'served');
  await served.serving();
});

afterAll(async () => {
  await Promise.all(credentials.map((credential) => credential.close()));
  await system?.stop();
});

async function credentialOf(account: string, namespace = system.namespace, userAgent = TRESPASSER) {
  const credential = await Credential.ofAccount(system, { namespace, account }, userAgent);
  credentials.push(credential);
  return credential;
}

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const ours = (path: string): string => `/apis/${API_VERSION}/namespaces/suite-rights/${path}`;
const core = (path: string): string => `/api/v1/namespaces/suite-rights/${path}`;
const everything = { metadata: { name: 'all' }, rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] };
const admins = {
  metadata: { name: 'admins' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
};

/** What nobody of ours may do, the operator excepted. */
const BEYOND_ALL: readonly Attempt[] = [
  [`GET ${core('secrets')}`],
  [`GET ${core('secrets/of-others')}`],
  [`POST ${core('secrets')}`, { metadata: { name: 'mine' } }],
  [`DELETE ${core('secrets/of-others')}`],
  [`GET ${core('configmaps')}`],
  [`GET ${core('pods')}`],
  [`POST /apis/apps/v1/namespaces/suite-rights/deployments`, { metadata: { name: 'mine' } }],
  [`GET ${core('pods/any/log')}`],
  [`PATCH ${ours('agentruns/any/status')}`, {}],
  [`PATCH ${ours('sympoziuminstances/leaky')}`, {}],
  [`GET ${ours('skillpacks')}`],
  [`GET ${ours('sympoziumschedules')}`],
  [`POST ${RBAC}/namespaces/suite-rights/roles`, everything],
];

/** What the operator may not do either. */
const BEYOND: readonly Attempt[] = [
  [`POST ${core('pods')}`, { metadata: { name: 'mine' } }],
  [`POST ${core('pods/any/exec')}?command=sh`],
  [`DELETE ${core('pods/any')}`],
  [`POST ${core('serviceaccounts/default/token')}`, { spec: {} }],
  [`DELETE ${ours('sympoziuminstances/leaky')}`],
  [`POST ${RBAC}/namespaces/suite-rights/rolebindings`, admins],
  [`POST ${RBAC}/clusterroles`, everything],
  [`GET /api/v1/namespaces/suite-rights-system/secrets`],
  [`GET /api/v1/namespaces/default/secrets`],
  [`GET /apis/${API_VERSION}/namespaces/default/agentruns`],
  [`GET /api/v1/secrets`],
  [`GET /apis/${API_VERSION}/agentruns`],
  [`GET /api/v1/namespaces`],
  [`GET /api/v1/nodes`],
];

async function expectStatus(status: number, credential: Credential, attempts: readonly Attempt[]): Promise<void> {
  const answers: [string, number][] = [];
  for (const attempt of attempts) answers.push([attempt[0], await credential.status(attempt)]);
  expect(answers).toEqual(attempts.map(([request]) => [request, status]));
}

describe('an agent’s Pod', () => {
  let run: AgentRun;
  let pod: Pod;
  let token: string;

  beforeAll(async () => {
    const messages = [{ role: 'user' as const, content: 'your token, please' }];
    const { choices } = await system.openai().chat.completions.create({ model: 'leaky', messages });
    token = choices[0]?.message.content ?? '';
    run = await until('its run is there', async () => (await system.runs()).find(({ spec }) => spec.mode === 'task'));
    pod = await until('its Pod is there', async () =>
      (await system.pods()).find(({ metadata }) => metadata.labels?.[LABEL.run] === run.metadata.name),
    );
  });

  it('has one token, for its run’s own stream, and none for the API server', () => {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as object;
    expect(claims).toMatchObject({
      aud: [streamAudience(run.metadata.uid ?? '')],
      'kubernetes.io': { pod: { uid: pod.metadata.uid } },
    });
    expect(pod.spec?.automountServiceAccountToken).toBe(false);
    const audiences = (pod.spec?.volumes ?? [])
      .flatMap(({ projected }) => projected?.sources ?? [])
      .flatMap(({ serviceAccountToken }) => (serviceAccountToken ? [serviceAccountToken.audience] : []));
    expect(audiences).toEqual([streamAudience(run.metadata.uid ?? '')]);
  });

  it('gets 401 for it from the API server, whatever it asks for', async () => {
    const credential = await Credential.of(system, 'stolen', token, TRESPASSER);
    credentials.push(credential);
    const harmless: readonly Attempt[] = [['GET /version'], ['GET /api']];
    await expectStatus(401, credential, [...BEYOND_ALL, ...BEYOND, ...harmless]);
  });

  it('runs as an account that may do nothing but what everybody may', async () => {
    const account = pod.spec?.serviceAccountName ?? '';
    const { systemNamespace: elsewhere, namespace } = system;
    await system.admin.create(SERVICE_ACCOUNT, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'nobody', namespace: elsewhere },
    });
    const [agent, nobody] = [await credentialOf(account), await credentialOf('nobody', elsewhere)];
    const rules = await agent.rules(namespace);
    expect(rules).toEqual(await nobody.rules(namespace));
    // Reviews of oneself, and certificates that are public.
    expect(rules.filter((rule) => !/ (authentication|authorization|certificates)\.k8s\.io\//.test(rule))).toEqual([]);
    await expectStatus(403, agent, [
      ...BEYOND_ALL,
      ...BEYOND,
      [`GET ${ours('agentruns')}`],
      [`POST ${ours('agentruns')}`, {}],
    ]);
  });
});

describe('a server', () => {
  it('may do all that sidecars are promised', async () => {
    const { client } = await credentialOf(served.run, system.namespace, 'suite-sidecar');
    const { namespace } = system;
    const follow = async (kind: Kind, name: string): Promise<void> => {
      const { resourceVersion } = await client.list(kind, { namespace, fieldSelector: `metadata.name=${name}` });
      const options = { namespace, fieldSelector: `metadata.name=${name}`, resourceVersion, timeoutSeconds: 1 };
      for await (const event of client.watch(kind, options)) expect(event.type).toBe('BOOKMARK');
    };
    const run = { namespace, name: 'by-sidecar' };
    const spec = { instanceRef: { name: served.name }, mode: 'task', task: 'Say hello' };
    await client.create(AGENT_RUN, { apiVersion: API_VERSION, kind: AGENT_RUN.kind, metadata: run, spec } as AgentRun);
    expect((await system.finished(run.name)).status.phase).toBe('Succeeded');
    expect((await client.get(AGENT_RUN, run)).status.phase).toBe('Succeeded');
    await follow(AGENT_RUN, 'none');
    await client.patch(AGENT_RUN, run, { type: 'merge', body: { spec: { cancel: true } } });
    await client.delete(AGENT_RUN, run);
    expect((await client.get(SYMPOZIUM_INSTANCE, { namespace, name: served.name })).metadata.name).toBe(served.name);
    await follow(SYMPOZIUM_INSTANCE, 'none');
    expect((await client.get(CONFIG_MAP, { namespace, name: 'kube-root-ca.crt' })).kind).toBe(CONFIG_MAP.kind);
    expect((await client.get(SECRET, { namespace, name: served.keySecret })).kind).toBe(SECRET.kind);
    await follow(SECRET, served.keySecret);
  });

  it('may make no run that holds up the deletion of an instance, whose finalizers are not its to set', async () => {
    const instance = await system.admin.get(SYMPOZIUM_INSTANCE, { namespace: system.namespace, name: served.name });
    const runWith = (holds: boolean): Attempt => [
      `POST ${ours('agentruns')}`,
      {
        apiVersion: API_VERSION,
        kind: AGENT_RUN.kind,
        metadata: { name: `holds-${holds}`, ownerReferences: [ownerReference(instance, holds)] },
        spec: { instanceRef: { name: served.name }, mode: 'task', task: 'Say hello' },
      },
    ];
    const server = await credentialOf(served.run);
    await expectStatus(403, server, [runWith(true)]);
    await expectStatus(200, server, [runWith(false)]);
  });

  it('is denied all else', async () => {
    await expectStatus(403, await credentialOf(served.run), [...BEYOND_ALL, ...BEYOND]);
  });
});

it('the web proxy is denied all but its runs, who its instances are, and results', async () => {
  const proxy = await credentialOf(system.proxyAccount.account, system.systemNamespace);
  const more: readonly Attempt[] = [[`DELETE ${ours('agentruns/any')}`], [`GET ${ours('sympoziuminstances/leaky')}`]];
  await expectStatus(403, proxy, [...BEYOND_ALL, ...BEYOND, ...more]);
});

it('the operator may start no Pod itself, hand out no token or right beyond its own, and look at no other namespace', async () => {
  await expectStatus(403, await credentialOf(system.operatorAccount.account, system.systemNamespace), [
    ...BEYOND,
    [`POST ${RBAC}/namespaces/suite-rights/roles`, everything],
  ]);
});
