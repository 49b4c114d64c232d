import { ensureModel, findPython, MODEL_NAME, startLocalModel, type LocalModel } from '@sympozium/local-model';
import type OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { Sympozium } from '../fixture/sympozium.js';
import { until } from '../fixture/until.js';

type Message = OpenAI.ChatCompletionMessageParam;

const python = await findPython();
if (python === undefined) console.error('skipped: no Python 3 with venv on this machine (PYTHON names one)');

describe.skipIf(python === undefined)('a real model', () => {
  let model: LocalModel;
  let system: Sympozium;
  let client: OpenAI;

  beforeAll(async () => {
    model = await startLocalModel(await ensureModel(python ?? '', console.error));
    system = await Sympozium.start(suiteCluster(), { name: 'model' });
    await system.createInstance('small', {
      model: { provider: 'openai', name: MODEL_NAME, baseURL: model.baseURL },
    });
    client = system.openai();
  });
  afterAll(async () => {
    await system.stop();
    await model.stop();
  });

  it('holds a conversation of three turns, streamed, and counts tokens as the model’s own server does', async () => {
    const messages: Message[] = [{ role: 'system', content: 'Answer in one short sentence.' }];
    for (const question of ['Name a color.', 'Name another one.', 'Which one did you name first?']) {
      messages.push({ role: 'user', content: question });
      const stream = await client.chat.completions.create({
        ...{ model: 'small', messages, max_tokens: 40, temperature: 0, seed: 1 },
        stream: true,
        stream_options: { include_usage: true },
      });
      const pieces: string[] = [];
      let usage: OpenAI.CompletionUsage | undefined;
      for await (const chunk of stream) {
        const text = chunk.choices[0]?.delta.content;
        if (text) pieces.push(text);
        usage = chunk.usage ?? usage;
      }
      expect(pieces.length).toBeGreaterThan(1);
      expect(usage).toMatchObject(await ownCount(messages));
      messages.push({ role: 'assistant', content: pieces.join('') });
    }
    expect(messages).toHaveLength(7);
  });

  it('stops the model when its caller goes', async () => {
    const stream = await client.chat.completions.create({
      model: 'small',
      messages: [{ role: 'user', content: 'Tell a very long story about the sea, in many chapters.' }],
      max_tokens: 4000,
      stream: true,
    });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break; // leaves the loop and the connection
    await until('the model’s place is free again', async () => (await model.busySlots()) === 0, 10_000);
    const run = (await system.runs()).find(({ spec }) => JSON.stringify(spec).includes('about the sea'));
    expect((await system.finished(run?.metadata.name ?? '')).status).toMatchObject({
      phase: 'Failed',
      reason: 'Cancelled',
    });
  });

  /** What the model's server counts for the same request without us. */
  async function ownCount(messages: readonly Message[]): Promise<Partial<OpenAI.CompletionUsage>> {
    const response = await fetch(`${model.baseURL}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: MODEL_NAME, messages, max_tokens: 40, temperature: 0, seed: 1 }),
    });
    const { usage } = (await response.json()) as OpenAI.ChatCompletion;
    return {
      prompt_tokens: usage?.prompt_tokens,
      completion_tokens: usage?.completion_tokens,
    } as Partial<OpenAI.CompletionUsage>;
  }
});
