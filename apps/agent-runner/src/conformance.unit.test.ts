import { describeAgent } from '@sympozium/run-protocol/testing';
import { afterAll, beforeAll } from 'vitest';
import { RUNNER } from './testing/runner.js';
import { ModelDouble } from './testing/model-double.js';

let model: ModelDouble;

beforeAll(async () => {
  model = await ModelDouble.start((reply) => reply.delta('Working'));
});
afterAll(() => model.close());

describeAgent('the reference agent', {
  command: RUNNER,
  answer: (text) => text,
  busy: () => ({ model: { provider: 'openai', name: 'slow', baseURL: model.baseURL } }),
});
