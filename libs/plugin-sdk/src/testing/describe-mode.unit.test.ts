import type { Kind, KubeObject } from '@sympozium/api';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineMode, type Desired, type ModePlanner, type ModePlugin, type Observation } from '../contract.js';
import {
  binaryConfigMap,
  CONFIG_MAP,
  deployment,
  DEPLOYMENT,
  job,
  JOB,
  opaqueSecret,
  POD,
  podTemplate,
  SECRET as MANIFEST_SECRET,
  serviceAccount,
  SERVICE_ACCOUNT,
  type ConfigMap,
  type Secret,
} from '../manifests/index.js';
import { describeMode, modeFaults } from './describe-mode.js';
import { runView } from './run-view.js';

const SECRET: Kind<Secret & { readonly stringData?: Record<string, string> }> = MANIFEST_SECRET;
const VALUE = 'sk-"quoted" & long enough';

const note = (name: string): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { note: 'hello' },
});
const keep = (object: KubeObject): Desired => ({ object, stage: 'workload', onDrift: 'keep' });
const template = podTemplate({ containers: [{ name: 'agent', image: 'agent:1' }] });
const work = keep(job('hello', { template }));

const plan = (): readonly Desired[] => [keep(note('hello-note')), work];
const observe = (): Observation => ({ state: 'pending' });

/** A mode that keeps every promise, but for what a test changes. */
const mode = (planner: Partial<ModePlanner> = {}, parts: Partial<ModePlugin> = {}): ModePlugin => ({
  ...defineMode<unknown, unknown>({
    name: 'probe',
    lifecycle: 'once',
    owns: [{ kind: JOB }, { kind: CONFIG_MAP }],
    watches: [POD],
    params: z.record(z.string(), z.unknown()),
    config: z.looseObject({}),
    create: () => ({ plan, observe, ...planner }),
  }),
  ...parts,
});

const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'openai' }, stringData: { key: VALUE } };
const examples = {
  views: {
    fresh: runView<unknown>({ related: [secret] }),
    cancelled: runView<unknown>({ run: { spec: { cancel: true } } }),
    made: runView<unknown>({
      children: [work.object, note('hello-note'), note('hello-other')],
      related: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'hello-x' } }],
    }),
  },
  secrets: [VALUE],
};

describeMode(mode(), examples);

function fail(): never {
  throw new Error('planted');
}

const named = (instance: { metadata: { name: string } } | undefined): Observation => (instance ? observe() : fail());

function counting(): ModePlugin {
  let asked = 0;
  return mode({ plan: () => [keep(note(`hello-${(asked += 1)}`))] });
}

function firstNoteAgain({ children }: Parameters<ModePlanner['plan']>[0]): readonly Desired[] {
  const [first] = children.of(CONFIG_MAP);
  return first ? [keep(note(first.metadata.name))] : [];
}

function labelling(view: Parameters<ModePlanner['plan']>[0]): readonly Desired[] {
  view.run.metadata.labels = { touched: 'yes' };
  return plan();
}

function sorting({ children }: Parameters<ModePlanner['observe']>[0]): Observation {
  (children.of(CONFIG_MAP) as ConfigMap[]).sort();
  return observe();
}

const serving = (): Observation => ({ state: 'serving', endpoint: { url: 'http://hello' } });
const failed = (reason: string, message: string) => ({ state: 'failed', reason, message }) as Observation;
const withData = (value: unknown) => ({ ...note('hello-note'), ...{ data: { value } } }) as ConfigMap;
const withMeta = (metadata: object): KubeObject => ({ ...note('x'), metadata: { name: 'hello-note', ...metadata } });
const leaks = (secrets: readonly { stringData?: Record<string, string> }[], form: (value: string) => string) =>
  secrets.map(({ stringData }) => keep(withData(form(stringData?.['key'] ?? ''))));
const growing = (size: number): Desired => keep(binaryConfigMap('hello-size', { size: btoa(String(size)) }));

function privileged() {
  const { spec } = podTemplate({ containers: [{ name: 'agent', image: 'agent:1' }] });
  const containers = (spec?.containers ?? []).map((c) => ({ ...c, securityContext: { privileged: true } }));
  return { spec: { ...spec, containers } };
}

function credentialed(serviceAccountName = 'default') {
  const containers = [{ name: 'agent', image: 'agent:1' }];
  return podTemplate({ automountServiceAccountToken: true, serviceAccountName, containers });
}

const generate = { field: 'api-key', prefix: 'sk-', bytes: 32, epoch: '' };
const generated = (object: KubeObject): Desired => ({ object, stage: 'credential', onDrift: 'create-once', generate });
const own = { owns: [...[SERVICE_ACCOUNT, DEPLOYMENT, SECRET, JOB, CONFIG_MAP].map((kind) => ({ kind }))] };

const served = (matchLabels: Record<string, string>): Desired => ({
  object: deployment('hello', { selector: { matchLabels }, template }),
  stage: 'workload',
  onDrift: 'apply',
});

const PAINTED = { type: 'Painted', status: 'True', reason: 'Blue', message: '' } as const;
const withKey = (): Secret => ({ ...opaqueSecret('hello-api-key'), data: { 'api-key': btoa('sk-1') } });

const saying = (type: string, status: 'True' | 'False' | 'Unknown', reason: string, message = '') => ({
  observe: (): Observation => ({ ...observe(), conditions: [{ type, status, reason, message }] }),
});

const rootPod = () => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'hello' },
  spec: { automountServiceAccountToken: false, containers: [{ name: 'agent', image: 'agent:1' }] },
});

/** Each planted fault, and the promise whose check must find it. */
const PLANTED: readonly (readonly [fault: string, promise: string, plugin: ModePlugin])[] = [
  ['no brand', 'is stamped by defineMode', mode({}, { $type: 'other' as ModePlugin['$type'] })],
  ['another contract', 'is stamped by defineMode', mode({}, { contract: '2.0.0' })],
  ['a name that is no label', 'is stamped by defineMode', mode({}, { name: 'Probe!' })],
  ['extends itself', 'is stamped by defineMode', mode({}, { extends: 'probe' })],
  ['a kind both owned and watched', 'owns and watches each kind once', mode({}, { watches: [JOB] })],
  ['params without a schema worth it', 'refuses wrong params', mode({}, { params: z.unknown() })],
  ['asynchronous params', 'refuses wrong params', mode({}, { params: z.looseObject({}).refine(async () => true) })],
  ['a plan that throws', 'answers every view', mode({ plan: () => fail() })],
  ['an observe that throws', 'answers every view', mode({ observe: () => fail() })],
  ['an observe without a state', 'answers every view', mode({ observe: () => ({}) as Observation })],
  [
    'a plan that throws while a child has no status yet',
    'answers every view',
    mode({
      plan: (view) => {
        for (const child of view.children.of(JOB)) if (!child.status) fail();
        return plan();
      },
    }),
  ],
  ['an observe that needs the instance', 'answers every view', mode({ observe: ({ instance }) => named(instance) })],
  [
    'a plan that throws once the run is cancelled',
    'answers every view',
    mode({ plan: ({ run }) => (run.spec.cancel ? fail() : plan()) }),
  ],
  ['a plan by the clock', 'gives the same answer', mode({ plan: () => [keep(note(`hello-${Date.now()}`))] })],
  ['a plan by a new Date', 'gives the same answer', mode({ plan: () => [keep(note(`hello-${+new Date()}`))] })],
  [
    'a plan by chance',
    'gives the same answer',
    mode({ plan: () => [keep(note(`hello-${Math.random()}`.slice(0, 20)))] }),
  ],
  ['a planner that counts', 'gives the same answer', counting()],
  ['a plan by the order of objects', 'gives the same answer', mode({ plan: firstNoteAgain })],
  ['a plan that writes into its view', 'gives the same answer', mode({ plan: labelling })],
  ['an observe that sorts its view', 'gives the same answer', mode({ observe: sorting })],
  ['a state of another lifecycle', 'observes states of its lifecycle', mode({ observe: serving })],
  ['a reason of nowhere', 'observes states of its lifecycle', mode({ observe: () => failed('Oops', 'it broke') })],
  [
    'a reason that is no condition',
    'observes states of its lifecycle',
    mode({ observe: () => failed('USAGE', 'it broke') }),
  ],
  [
    'a reason without a message',
    'observes states of its lifecycle',
    mode({ observe: () => failed('AgentFailed', '') }),
  ],
  ['undefined in a plan', 'answers with plain JSON', mode({ plan: () => [keep(withData(undefined))] })],
  ['a Date in a plan', 'answers with plain JSON', mode({ plan: () => [keep(withData(new Date(0)))] })],
  ['a Map in a plan', 'answers with plain JSON', mode({ plan: () => [keep(withData(new Map()))] })],
  [
    'NaN in an observation',
    'answers with plain JSON',
    mode({ observe: () => ({ ...observe(), recheckAfterMs: NaN }) }),
  ],
  ['a kind it does not own', 'plans only kinds that it owns', mode({}, { owns: [{ kind: CONFIG_MAP }] })],
  [
    'a namespace',
    'leaves namespace, owner and status',
    mode({ plan: () => [keep(withMeta({ namespace: 'kube-system' }))] }),
  ],
  ['an owner', 'leaves namespace, owner and status', mode({ plan: () => [keep(withMeta({ ownerReferences: [] }))] })],
  [
    'a finalizer',
    'leaves namespace, owner and status',
    mode({ plan: () => [keep(withMeta({ finalizers: ['a/b'] }))] }),
  ],
  [
    'a status',
    'leaves namespace, owner and status',
    mode({ plan: () => [keep({ ...note('hello-note'), ...{ status: {} } })] }),
  ],
  ['a foreign name', 'names children after their run', mode({ plan: () => [keep(note('kube-root-ca.crt'))] })],
  ['a name too long', 'names children after their run', mode({ plan: () => [keep(note(`hello-${'x'.repeat(60)}`))] })],
  ['two objects of one name', 'names children after their run', mode({ plan: () => [...plan(), work] })],
  [
    'a privileged container',
    'plans Pods that satisfy',
    mode({ plan: () => [keep(job('hello', { template: privileged() }))] }),
  ],
  [
    'an API credential',
    'plans Pods that satisfy',
    mode({ plan: () => [keep(job('hello', { template: credentialed() }))] }),
  ],
  [
    'the credential of a ServiceAccount that the plan does not make',
    'plans Pods that satisfy',
    mode({ plan: () => [keep(job('hello', { template: credentialed('hello') })), keep(note('hello-note'))] }),
  ],
  ['a bare Pod as root', 'plans Pods that satisfy', mode({ plan: () => [keep(rootPod())] })],
  [
    'a secret in the clear',
    'writes no secret value',
    mode({ plan: ({ related }) => leaks(related.of(SECRET), String) }),
  ],
  [
    'a secret inside JSON',
    'writes no secret value',
    mode({ plan: ({ related }) => leaks(related.of(SECRET), JSON.stringify) }),
  ],
  [
    'a secret in base64',
    'writes no secret value',
    mode({ plan: ({ related }) => leaks(related.of(SECRET), (v) => btoa(`key=${v}`)) }),
  ],
  ['a generated value of its own', 'writes no secret value', mode({ plan: () => [generated(withKey())] }, own)],
  ['a generated value outside a Secret', 'writes no secret value', mode({ plan: () => [generated(note('hello-n'))] })],
  ['a condition of the host', 'observes states of its lifecycle', mode(saying('Ready', 'True', 'Running'))],
  ['a reason that is no word', 'observes states of its lifecycle', mode(saying('Painted', 'True', 'all is well'))],
  ['a fault that is true', 'observes states of its lifecycle', mode(saying('KeyReady', 'True', 'KeyReplaced', 'new'))],
  [
    'an ordinary reason that is not',
    'observes states of its lifecycle',
    mode(saying('KeyReady', 'False', 'Generated')),
  ],
  ['a fault without a message', 'observes states of its lifecycle', mode(saying('KeyReady', 'False', 'KeyReplaced'))],
  [
    'a condition twice',
    'observes states of its lifecycle',
    mode({ observe: () => ({ ...observe(), conditions: [PAINTED, PAINTED] }) }),
  ],
  [
    'another selector when the run is cancelled',
    'keeps what cannot change',
    mode({ plan: ({ run }) => [served({ cancelled: String(run.spec.cancel) })] }, own),
  ],
  [
    'a kept object that changes',
    'keeps what cannot change',
    mode({ plan: (view) => [growing(view.children.of(JOB).length)] }),
  ],
  [
    'a kept object that changes with a cancel',
    'keeps what cannot change',
    mode({ plan: ({ run }) => [keep(job('hello', { template, suspend: run.spec.cancel === true }))] }),
  ],
];

describe('the kit finds', () => {
  it.each(PLANTED)('%s', async (_fault, promise, plugin) => {
    const faults = await modeFaults(plugin, examples);
    expect(Object.keys(faults).filter((broken) => broken.startsWith(promise))).toHaveLength(1);
  });

  it('nothing in a mutable path that changes', async () => {
    const plan: ModePlanner['plan'] = ({ run }) => [
      {
        object: job('hello', { template, suspend: run.spec.cancel === true }),
        stage: 'workload',
        onDrift: 'keep',
        mutable: ['/spec/suspend'],
      },
    ];
    expect(await modeFaults(mode({ plan }), examples)).toEqual({});
  });

  it('nothing in a server with a key, an account of its own, and conditions of its own', async () => {
    const plan = (): readonly Desired[] => [
      generated(opaqueSecret('hello-api-key')),
      { object: serviceAccount('hello'), stage: 'credential', onDrift: 'apply' },
      { ...served({ run: 'hello' }), object: deployment('hello', { selector: {}, template: credentialed('hello') }) },
    ];
    const conditions = [PAINTED, { ...PAINTED, type: 'KeyReady', reason: 'Generated' }];
    const planner = { plan, observe: (): Observation => ({ ...observe(), conditions }) };
    expect(await modeFaults(mode(planner, own), examples)).toEqual({});
  });

  it('names the view, the object and the fault', async () => {
    const faults = await modeFaults(mode({ plan: () => [keep(note('stray'))] }), {
      views: { fresh: runView<unknown>() },
    });
    expect(Object.values(faults).flat()).toEqual(['fresh: ConfigMap stray is not named hello or hello-…']);
  });
});

describe('the kit refuses to run', () => {
  it('without a view, which would prove nothing', async () => {
    await expect(modeFaults(mode(), { views: {} })).rejects.toThrow('give at least one view');
  });

  it('with a config that the plugin refuses', async () => {
    const strict = mode({}, { config: z.strictObject({ image: z.string() }) });
    await expect(modeFaults(strict, { ...examples, config: { image: 7 } })).rejects.toThrow('config is refused');
  });
});

it('leaves clock and chance as they were', async () => {
  const { random } = Math;
  await modeFaults(mode(), examples);
  expect(Math.random).toBe(random);
  expect(new Date().getUTCFullYear()).toBeGreaterThan(2001);
});
