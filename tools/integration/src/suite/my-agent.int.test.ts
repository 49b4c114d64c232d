import { afterAll, beforeAll, expect, it } from 'vitest';
import { MY_AGENT } from '../fixture/images.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { Sympozium } from '../fixture/sympozium.js';

let system: Sympozium;

beforeAll(async () => {
  system = await Sympozium.start(suiteCluster(), { name: 'my-agent' });
  await system.createInstance('mine', { agent: { image: MY_AGENT } });
});

afterAll(() => system?.stop());

it('an agent of another language streams its answer through spec.agent', async () => {
  const stream = await system.openai().chat.completions.create({
    model: 'mine',
    stream: true,
    messages: [{ role: 'user', content: 'Hello Python, $(HOME) $$ 🐍' }],
  });
  const deltas: string[] = [];
  let reason: string | null = null;
  for await (const chunk of stream) {
    const [choice] = chunk.choices;
    if (choice?.delta.content) deltas.push(choice.delta.content);
    reason = choice?.finish_reason ?? reason;
  }
  expect(deltas.length).toBeGreaterThan(1);
  expect(deltas.join('')).toContain('$(HOME) $$ 🐍');
  expect(reason).toBe('stop');
});
