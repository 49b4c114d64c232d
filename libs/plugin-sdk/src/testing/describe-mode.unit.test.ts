import type { Kind, KubeObject } from '@sympozium/api';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineMode, type Desired, type ModePlanner, type ModePlugin, type Observation } from '../contract.js';
import { binaryConfigMap, CONFIG_MAP, job, JOB, POD, podTemplate, type ConfigMap } from '../manifests/index.js';
import { describeMode, modeFaults } from './describe-mode.js';
import { runView } from './run-view.js';

const SECRET: Kind<KubeObject & { readonly stringData?: Record<string, string> }> = {
  apiVersion: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  namespaced: true,
};
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

function credentialed() {
  return podTemplate({ automountServiceAccountToken: true, containers: [{ name: 'agent', image: 'agent:1' }] });
}

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
