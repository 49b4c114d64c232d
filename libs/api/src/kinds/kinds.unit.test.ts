import { describe, expect, it } from 'vitest';
import { CEL_CASES } from '../testing/index.js';
import { agentRunSpec, agentRunStatus } from './agent-run.js';
import { condition } from './condition.js';
import { message } from './conversation.js';
import { DEFINITIONS } from './definitions.js';
import { instanceSpec } from './instance.js';
import { scheduleSpec } from './schedule.js';
import { skillPackSpec } from './skill-pack.js';

const run = { instanceRef: { name: 'demo' }, task: 'Say hello.' };
const specs = {
  SympoziumSchedule: scheduleSpec,
  AgentRun: agentRunSpec,
  SympoziumInstance: instanceSpec,
  SkillPack: skillPackSpec,
};

describe('an AgentRun', () => {
  it('gets its defaults', () => {
    expect(agentRunSpec.parse(run)).toEqual({ ...run, timeout: '10m', retry: { limit: 0 }, ttlAfterFinished: '1h' });
    expect(agentRunSpec.parse({ ...run, retry: {} }).retry).toEqual({ limit: 0 });
    expect(agentRunStatus.parse({})).toEqual({ phase: 'Pending' });
  });

  it('keeps fields of messages, parts, tools and parameters that the schema does not name', () => {
    const part = { type: 'image_url', image_url: { url: 'data:,', detail: 'low' }, text: null };
    const sent = {
      instanceRef: { name: 'demo' },
      messages: [
        { role: 'user', content: [{ ...part, text: 'seen' }], audio: { id: 'a' } },
        {
          role: 'assistant',
          tool_calls: [{ id: '1', type: 'function', function: { name: 'f', arguments: '{', x: 1 }, index: 0 }],
          refusal: null,
        },
      ],
      tools: [{ type: 'function', function: { name: 'f', parameters: { $defs: {} }, strict: null }, cache: true }],
      params: { any: [1, { thing: null }] },
    };
    expect(agentRunSpec.parse(sent)).toMatchObject(sent);
  });

  it.each([
    ['a missing instanceRef', { task: 'Say hello.' }, 'instanceRef'],
    ['an empty task', { ...run, task: '' }, 'task'],
    ['no messages in messages', { instanceRef: run.instanceRef, messages: [] }, 'messages'],
    ['a text as content', { ...run, messages: [{ role: 'user', content: 'Hello' }] }, 'messages.0.content'],
    ['an unknown role', { ...run, messages: [{ role: 'robot', content: [] }] }, 'messages.0.role'],
    ['eleven retries', { ...run, retry: { limit: 11 } }, 'retry.limit'],
    ['a temperature of 3', { ...run, generation: { temperature: 3 } }, 'generation.temperature'],
    [
      'a thirty-third node label',
      {
        ...run,
        podTemplate: { nodeSelector: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`l${i}`, 'x'])) },
      },
      'podTemplate.nodeSelector',
    ],
  ])('refuses %s and names the field', (_, spec, path) => {
    const issues = agentRunSpec.safeParse(spec).error?.issues ?? [];
    expect(issues.map((issue) => issue.path.join('.'))).toContain(path);
  });
});

it('takes every message form of the conversation', () => {
  for (const sent of [
    { role: 'system', content: [{ type: 'text', text: 'Be brief.' }], contentForm: 'string' },
    { role: 'developer', content: [] },
    { role: 'assistant', contentForm: 'null' },
    { role: 'tool', tool_call_id: '1', content: [{ type: 'text', text: '' }] },
  ])
    expect(message.parse(sent)).toEqual(sent);
});

it('wants times of conditions as the API server writes them', () => {
  const said = { type: 'Ready', status: 'True', reason: 'Running', message: '' };
  expect(condition.safeParse({ ...said, lastTransitionTime: '2026-11-24T10:00:00Z' }).success).toBe(true);
  expect(condition.safeParse({ ...said, lastTransitionTime: 'yesterday' }).success).toBe(false);
});

it('takes an instance with a provider of its own and names openai when none is given', () => {
  const model = { name: 'small', headers: { 'x-team': 'search' } };
  expect(instanceSpec.parse({ model }).model).toEqual({ provider: 'openai', ...model });
});

describe.each(DEFINITIONS)('$kind.kind', ({ kind, schema, example }) => {
  it('has an example that is valid', () => expect(schema.safeParse(example).error).toBeUndefined());

  // Rules within one string are the schema's own as well; those between fields are the API server's alone.
  const forms = CEL_CASES.filter(
    ({ kind: { kind: name }, rule }) => name === kind.kind && /^write (?!metadata|a metadata)/.test(rule.message),
  );

  it.each(forms)('$name, as the API server does', ({ object, refusedWith }) => {
    const messages = specs[kind.kind as keyof typeof specs].safeParse(object.spec).error?.issues.map((i) => i.message);
    expect(messages).toEqual(refusedWith === undefined ? undefined : [refusedWith]);
  });
});
