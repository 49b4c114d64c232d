import { ANNOTATION, LIMIT, POD, type Message } from '@sympozium/api';
import type { Desired, RunView } from '@sympozium/plugin-sdk';
import type { ConfigMap, Job } from '@sympozium/plugin-sdk/manifests';
import { runView, type InstanceParts, type RunParts } from '@sympozium/plugin-sdk/testing';
import { PROTOCOL_VERSION, type RunInput } from '@sympozium/run-protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { taskConfig, type TaskParams } from './config.js';
import { encodeInput } from './input.js';
import { planTask } from './plan.js';

const view = (run: RunParts, instance: InstanceParts = {}): RunView<TaskParams> => runView({ run, instance });
const planOf = (of: RunView<TaskParams>): readonly Desired[] => planTask(of, taskConfig.parse({}));
const templateIn = (plan: readonly Desired[]) =>
  (plan.find(({ object }) => object.kind === 'Job')?.object as Job | undefined)?.spec.template;
const mapIn = (plan: readonly Desired[]) => plan.find(({ object }) => object.kind === 'ConfigMap')?.object as ConfigMap;

/** The bytes of the agent's input file, as a kubelet would write it, whichever road they take. */
function inputFile(plan: readonly Desired[]): Uint8Array {
  const template = templateIn(plan);
  const [source] = (template?.spec?.volumes ?? []).flatMap(({ projected }) => projected?.sources ?? []);
  return source?.downwardAPI
    ? fromAnnotation(source.downwardAPI.items, template)
    : fromMap(source?.configMap, mapIn(plan));
}

function fromAnnotation(items: unknown, template: ReturnType<typeof templateIn>): Uint8Array {
  const fieldPath = `metadata.annotations['${ANNOTATION.runInput}']`;
  expect(items).toEqual([{ path: POD.inputFile, fieldRef: { apiVersion: 'v1', fieldPath } }]);
  return new TextEncoder().encode(template?.metadata?.annotations?.[ANNOTATION.runInput]);
}

function fromMap(mounted: unknown, { metadata, binaryData = {} }: ConfigMap): Uint8Array {
  expect(mounted).toEqual({ name: metadata.name, items: [{ key: POD.inputFile, path: POD.inputFile }] });
  return Buffer.from(binaryData[POD.inputFile] ?? '', 'base64');
}

const decode = (bytes: Uint8Array): RunInput =>
  JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as RunInput;

/** What has been mangled on the way before: expansions, quotes, controls, line separators, half characters. */
const text = fc.oneof(
  fc.constantFrom('$(SYMPOZIUM_RUN)', '$$(X)', '$$', "'", '"', '\\', '`', '\0', '\r\n', '\u2028', '\u2029', '<&>'),
  fc.constantFrom('\ud800', '\udfff', '\ufeff', '\ufffd', '💥', '{{ .Values }}', '${X}', '%s'),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
);
const texts = fc.array(text).map((parts) => parts.join(''));
const message: fc.Arbitrary<Message> = fc.record({
  role: fc.constantFrom('system', 'developer', 'user', 'assistant', 'tool'),
  content: fc.array(fc.record({ type: fc.constant('text'), text: texts })),
  tool_call_id: texts,
});

describe('the input file', () => {
  it('holds every message as it was sent, byte for byte, on both roads', () => {
    fc.assert(
      fc.property(fc.array(message, { minLength: 1 }), fc.boolean(), (messages, large) => {
        const systemPrompt = large ? 'x'.repeat(LIMIT.annotationInput) : '';
        const plan = planOf(view({ spec: { messages, systemPrompt } }));
        expect(mapIn(plan) !== undefined).toBe(large);
        expect(decode(inputFile(plan)).messages).toEqual(messages);
      }),
    );
  });

  it('is not touched by anything that a run says of its Pod', () => {
    const task = '$(HOME) $$(HOME) $$';
    const plan = planOf(view({ spec: { task, podTemplate: { env: [{ name: 'HOME', value: '/' }] } } }));
    expect(decode(inputFile(plan)).messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: task }], contentForm: 'string' },
    ]);
  });

  it('tells the run’s own words before the instance’s, and nothing about keys', () => {
    const model = {
      provider: 'openai',
      name: 'small',
      baseURL: 'http://model/v1',
      headers: { 'x-team': 'a' },
      proxy: 'http://proxy:3128',
      authSecretRef: { name: 'openai', key: 'api-key' },
      caBundleRef: { name: 'corporate', key: 'ca.crt' },
    };
    const instance = { spec: { model, systemPrompt: 'of the instance' } };
    const own = { model: 'large', systemPrompt: '', params: { depth: 2 }, generation: { temperature: 0 } };
    expect(decode(inputFile(planOf(view({ spec: own }, instance))))).toEqual({
      v: PROTOCOL_VERSION,
      run: { name: 'hello', namespace: 'default', uid: '11111111-2222-4333-8444-555555555555', instance: 'demo' },
      model: {
        provider: 'openai',
        name: 'large',
        baseURL: 'http://model/v1',
        headers: { 'x-team': 'a' },
        proxy: 'http://proxy:3128',
      },
      systemPrompt: '',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Say hello' }], contentForm: 'string' }],
      generation: { temperature: 0 },
      params: { depth: 2 },
    });
    expect(decode(inputFile(planOf(view({}, instance))))).toMatchObject({
      model: { name: 'small' },
      systemPrompt: 'of the instance',
    });
  });

  it('brings the documents of the run’s skills', () => {
    const documents = [{ name: 'tides', description: 'Reads tide tables', content: '# Tides' }];
    const plan = planOf(runView<TaskParams>({ skills: [{ pack: 'sea', from: 'instance', params: {}, documents }] }));
    expect(decode(inputFile(plan)).skills).toEqual(documents);
  });
});

describe('its size', () => {
  /** A view whose input file has exactly this many bytes; `é` are two. */
  function sized(bytes: number): RunView<TaskParams> {
    const empty = encodeInput(view({ spec: { task: 'é' } })).bytes;
    const room = bytes - empty;
    return view({ spec: { task: 'é'.repeat(1 + Math.floor(room / 2)) + 'x'.repeat(room % 2) } });
  }

  it.each([
    ['the annotation takes', LIMIT.annotationInput, false],
    ['the annotation does not take', LIMIT.annotationInput + 1, true],
    ['a ConfigMap takes', LIMIT.input, true],
  ])('is counted in bytes of UTF-8: what %s', (_road, bytes, inMap) => {
    const plan = planOf(sized(bytes));
    expect(inputFile(plan)).toHaveLength(bytes);
    expect(mapIn(plan) !== undefined).toBe(inMap);
  });

  it('leaves the annotations of the Pod well below what Kubernetes allows for all of them', () => {
    const { annotations = {} } = templateIn(planOf(sized(LIMIT.annotationInput)))?.metadata ?? {};
    const total = Object.entries(annotations).flat().join('');
    expect(Buffer.byteLength(total)).toBeLessThan(256 * 1024 - 32 * 1024);
  });

  it('of more than a ConfigMap takes makes no object at all', () => {
    expect(planOf(sized(LIMIT.input + 1))).toEqual([]);
  });

  it('makes the ConfigMap before the Job that mounts it, and never changes it', () => {
    const plan = planOf(sized(LIMIT.input));
    expect(plan.map(({ object, stage, onDrift }) => [object.kind, object.metadata.name, stage, onDrift])).toEqual([
      ['ConfigMap', 'hello-input', 'credential', 'keep'],
      ['Job', 'hello', 'workload', 'keep'],
    ]);
    expect(mapIn(plan).immutable).toBe(true);
  });
});
