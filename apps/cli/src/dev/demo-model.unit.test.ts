import { describe, expect, it, vi } from 'vitest';
import { chooseModel, describeModel } from './demo-model.js';

const noFetch = vi.fn<typeof fetch>(() => Promise.reject(new Error('nobody may be asked')));
const answering =
  (body: unknown, status = 200): typeof fetch =>
  async () =>
    Response.json(body, { status });

describe('chooseModel', () => {
  it('is nothing where nothing says a model: the echo provider then answers', async () => {
    expect(await chooseModel({}, {}, noFetch)).toBeUndefined();
  });

  it('takes the provider whose key is in the environment', async () => {
    expect(await chooseModel({}, { OPENAI_API_KEY: 'sk-1', ANTHROPIC_API_KEY: 'sk-2' }, noFetch)).toEqual({
      spec: { provider: 'openai', name: 'gpt-5-mini', baseURL: 'https://api.openai.com/v1' },
      apiKey: 'sk-1',
    });
    expect(await chooseModel({ model: 'claude-x' }, { ANTHROPIC_API_KEY: 'sk-2' }, noFetch)).toEqual({
      spec: { provider: 'openai', name: 'claude-x', baseURL: 'https://api.anthropic.com/v1' },
      apiKey: 'sk-2',
    });
  });

  it('asks a server that is named by its address alone for its first model', async () => {
    const models = answering({ data: [{ id: 'smollm2' }, { id: 'other' }] });
    expect(await chooseModel({ modelBaseUrl: 'http://127.0.0.1:11434/v1/' }, {}, models)).toEqual({
      spec: { provider: 'openai', name: 'smollm2', baseURL: 'http://127.0.0.1:11434/v1' },
    });
  });

  it('asks nobody when the model is named, too', async () => {
    const chosen = await chooseModel({ modelBaseUrl: 'http://gpu:8000/v1', model: 'm' }, {}, noFetch);
    expect(chosen?.spec.name).toBe('m');
  });

  it.each([
    ['an address that is none', { modelBaseUrl: 'localhost' }, noFetch, /--model-base-url wants an address/],
    [
      'a server that is not there',
      { modelBaseUrl: 'http://gpu/v1' },
      noFetch,
      /cannot be reached.*Is the model server/,
    ],
    ['a server that refuses', { modelBaseUrl: 'http://gpu/v1' }, answering({}, 401), /answers 401/],
    ['a server without models', { modelBaseUrl: 'http://gpu/v1' }, answering({ data: [] }), /names no model/],
    ['a model of nobody', { model: 'gpt' }, noFetch, /--model gpt needs a provider/],
  ])('refuses %s, and says what to do', async (_, choice, fetchJson, message) => {
    await expect(chooseModel(choice, {}, fetchJson)).rejects.toThrow(message);
  });
});

describe('describeModel', () => {
  it('says that nothing but an echo answers, and how to get a model', () => {
    const text = describeModel({ provider: 'echo', name: 'echo' });
    for (const part of ['echo provider', 'OPENAI_API_KEY', 'ANTHROPIC_API_KEY', '--model-base-url'])
      expect(text).toContain(part);
  });

  it('names the model and its server', () => {
    const spec = { provider: 'openai', name: 'smollm2', baseURL: 'http://127.0.0.1:11434/v1' } as const;
    expect(describeModel(spec)).toBe('the demo’s model is smollm2 at http://127.0.0.1:11434/v1');
  });
});
