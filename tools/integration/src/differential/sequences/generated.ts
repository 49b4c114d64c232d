import fc from 'fast-check';
import type { ApiCall } from '../api-call.js';
import { apply, get, JSON_PATCH, MERGE_PATCH, patch, post, put, remove, STRATEGIC_PATCH } from '../calls.js';
import { KINDS, type KindUnderTest } from '../kinds.js';
import type { Sequence, Step } from '../sequence.js';
import { TABLE } from './every-kind.js';

const SEQUENCES = 240;
const STEPS = { minLength: 6, maxLength: 14 };
/** What fails once fails again. */
const SEED = 20_261_125;

/** Of whose objects sequences are made; a Node's and a Namespace's belong to all of them. */
const PLAYED = [
  'ConfigMap',
  'Secret',
  'Service',
  'Lease',
  'Role',
  'PodDisruptionBudget',
  'Deployment',
  'SympoziumInstance',
];

const label = fc.constantFrom('a', 'b', '');
const labels = fc.dictionary(fc.constantFrom('app', 'tier', 'example.com/x'), label, {
  maxKeys: 2,
});
const annotations = fc.dictionary(fc.constantFrom('note', 'more'), fc.constantFrom('x', 'y', ''), { maxKeys: 2 });
const finalizers = fc.subarray(['example.com/one', 'example.com/two']);
const metadata = fc.record({ labels, annotations, finalizers }, { requiredKeys: [] });

/** Contents by kind: what is right, what the server makes right, and what it refuses. */
const CONTENTS: Readonly<Record<string, fc.Arbitrary<object>>> = {
  ConfigMap: fc.record(
    {
      data: fc.dictionary(fc.constantFrom('k', 'l', 'm.n'), fc.constantFrom('', '1', 'ünïcode\n')),
      binaryData: fc.dictionary(fc.constantFrom('b', 'k'), fc.constantFrom('YQ==', '')),
      immutable: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
  Secret: fc.record(
    {
      stringData: fc.dictionary(fc.constantFrom('k', 'l'), fc.constantFrom('', 'v')),
      data: fc.dictionary(fc.constantFrom('k', 'm'), fc.constantFrom('YQ==', 'Yg==')),
      type: fc.constantFrom('Opaque', 'kubernetes.io/tls', 'example.com/own'),
    },
    { requiredKeys: [] },
  ),
  Service: fc.record({
    spec: fc.record(
      {
        selector: fc.dictionary(fc.constantFrom('app', 'tier'), label, { maxKeys: 2 }),
        ports: fc.array(
          fc.record(
            {
              port: fc.constantFrom(80, 443, 0),
              name: fc.constantFrom('http', 'https', 'Not A Name'),
              protocol: fc.constantFrom('TCP', 'UDP'),
              targetPort: fc.constantFrom(8080, 'web'),
            },
            { requiredKeys: ['port'] },
          ),
          { maxLength: 2 },
        ),
        type: fc.constantFrom('ClusterIP', 'ExternalName'),
        externalName: fc.constant('example.com'),
        sessionAffinity: fc.constantFrom('None', 'ClientIP'),
      },
      { requiredKeys: ['ports'] },
    ),
  }),
  Lease: fc.record({
    spec: fc.record(
      {
        holderIdentity: fc.constantFrom('me', 'you', ''),
        leaseDurationSeconds: fc.constantFrom(15, 0, -1),
        renewTime: fc.constantFrom('2026-01-02T03:04:05.000006Z', '2026-01-02T03:04:05.000000Z'),
        leaseTransitions: fc.constantFrom(0, 1),
      },
      { requiredKeys: [] },
    ),
  }),
  Role: fc.record({
    rules: fc.array(
      fc.record(
        {
          verbs: fc.subarray(['get', 'list']),
          apiGroups: fc.subarray(['', 'apps'], { minLength: 1 }),
          resources: fc.subarray(['pods', 'deployments']),
          resourceNames: fc.subarray(['a']),
        },
        { requiredKeys: ['verbs', 'apiGroups'] },
      ),
      { minLength: 1, maxLength: 2 },
    ),
  }),
  PodDisruptionBudget: fc.record({
    spec: fc.record(
      {
        minAvailable: fc.constantFrom(1, '50%', 'many', -1),
        maxUnavailable: fc.constantFrom(0, '10%'),
        selector: fc.record({ matchLabels: fc.constantFrom({ app: 'a' }, {}) }),
      },
      { requiredKeys: ['selector'] },
    ),
  }),
  Deployment: fc
    .record(
      {
        replicas: fc.constantFrom(0, 1, 3, -1),
        paused: fc.boolean(),
        minReadySeconds: fc.constantFrom(0, 5),
        strategy: fc.constantFrom({ type: 'Recreate' }, { type: 'RollingUpdate' }, {}),
        image: fc.constantFrom('example/app:1', 'example/app', ''),
        env: fc.array(fc.record({ name: fc.constantFrom('A', 'B'), value: label }), { maxLength: 2 }),
      },
      { requiredKeys: ['image', 'env'] },
    )
    .map(({ image, env, ...spec }) => ({
      spec: {
        selector: { matchLabels: { app: 'a' } },
        template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'main', image, env }] } },
        ...spec,
      },
    })),
  SympoziumInstance: fc.record({
    spec: fc.record(
      {
        // one mistake at most: the real server tells several in whatever order
        model: fc.constantFrom(
          { provider: 'echo', name: 'echo' },
          { provider: 'openai', name: 'other' },
          { provider: 'none', name: 'echo' },
          { provider: 'echo', name: '' },
        ),
        systemPrompt: fc.constantFrom('Be kind', ''),
        unknown: fc.constant({ deep: [1] }),
      },
      { requiredKeys: ['model'] },
    ),
  }),
};

const query = (...options: readonly (string | undefined)[]): string => {
  const given = options.filter((option) => option !== undefined);
  return given.length === 0 ? '' : `?${given.join('&')}`;
};
/** Options behind others. */
const more = (...options: readonly (string | undefined)[]): string => query(...options).replace('?', '&');
const maybe = (option: string): fc.Arbitrary<string | undefined> =>
  fc.option(fc.constant(option), { nil: undefined, freq: 5 });
const dryRun = maybe('dryRun=All');
const validation = fc.option(
  fc.constantFrom('Strict', 'Ignore').map((mode) => `fieldValidation=${mode}`),
  { nil: undefined, freq: 4 },
);

/** What may be asked of one object and its collection. */
function callsOf({ path, name, object }: KindUnderTest, content: fc.Arbitrary<object>): fc.Arbitrary<ApiCall> {
  const one = `${path}/${name}`;
  const { apiVersion, kind } = object as { apiVersion: string; kind: string };
  const whole = fc
    .tuple(metadata, content)
    .map(([given, more]) => ({ apiVersion, kind, metadata: { ...given, name }, ...more }));
  const partial = fc
    .tuple(fc.option(metadata, { nil: undefined }), fc.option(content, { nil: {} }))
    .map(([given, more]) => ({
      ...(given && { metadata: given }),
      ...more,
    }));
  const operation = fc.oneof(
    fc.record({
      op: fc.constantFrom('add', 'replace'),
      path: fc.constantFrom('/metadata/labels', '/metadata/labels/app'),
      value: fc.constantFrom<unknown>('a', { app: 'b' }, null),
    }),
    fc.record({
      op: fc.constant('remove'),
      path: fc.constantFrom('/metadata/annotations', '/metadata/labels/tier', '/spec'),
    }),
    fc.record({ op: fc.constant('test'), path: fc.constant('/metadata/name'), value: fc.constantFrom(name, 'other') }),
  );
  const manager = fc.constantFrom('one', 'two');
  // applied again, a custom resource may be written anew by the real server: see docs/embedded-api.md
  const isCustom = apiVersion.startsWith('sympozium.ai/');
  const applies = isCustom
    ? []
    : [
        {
          weight: 3,
          arbitrary: fc
            .tuple(whole, manager, maybe('force=true'), dryRun)
            .map(([body, who, ...options]) => apply(one, who, body, more(...options))),
        },
      ];
  return fc.oneof(
    {
      weight: 3,
      arbitrary: fc
        .tuple(whole, dryRun, validation)
        .map(([body, ...options]) => post(`${path}${query(...options)}`, body)),
    },
    fc.tuple(whole, dryRun).map(([body, ...options]) => put(`${one}${query(...options)}`, body)),
    ...applies,
    fc
      .tuple(partial, dryRun, validation)
      .map(([body, ...options]) => patch(`${one}${query(...options)}`, MERGE_PATCH, body)),
    partial.map((body) => patch(one, STRATEGIC_PATCH, body)),
    fc.array(operation, { minLength: 1, maxLength: 2 }).map((body) => patch(one, JSON_PATCH, body)),
    fc.constantFrom(get(one), get(path), get(path, TABLE), get(`${path}?limit=1`)),
    fc
      .constantFrom('app', '!app', 'app=a', 'app in (a,b),tier!=b', 'app notin (a)', 'app>1')
      .map((selector) => get(`${path}?labelSelector=${encodeURIComponent(selector)}`)),
    fc
      .tuple(fc.constantFrom('Background', 'Foreground', 'Orphan'), dryRun)
      .map(([policy, ...options]) => remove(`${one}${query(`propagationPolicy=${policy}`, ...options)}`)),
    fc.constant(remove(one)),
    fc.constant(patch(one, MERGE_PATCH, { metadata: { finalizers: null } })),
  );
}

/** Sequences that nobody thought of, always the same ones. */
export const generated: readonly Sequence[] = KINDS.filter(({ kind }) => PLAYED.includes(kind)).flatMap(
  (under, index) => {
    const content = CONTENTS[under.kind];
    if (!content) throw new Error(`there are no contents for ${under.kind}`);
    const steps = fc.array(callsOf(under, content), STEPS);
    return fc
      .sample(steps, { numRuns: SEQUENCES / PLAYED.length, seed: SEED + index })
      .map((calls: readonly Step[], at): Sequence => ({
        name: `${under.kind} ${at + 1}`,
        steps: calls,
        versions: false,
      }));
  },
);
