import { expect, it } from 'vitest';
import { imageCommand } from './images.js';

const images = new Map([
  ['sympozium/agent-runner', ['node', 'any.mjs']],
  ['sympozium/agent-runner:0.1.0', ['node', '0.1.0.mjs']],
  ['localhost:5000/tool', ['tool']],
]);

it.each([
  ['sympozium/agent-runner:0.1.0', ['node', '0.1.0.mjs']],
  ['sympozium/agent-runner:0.2.0', ['node', 'any.mjs']],
  ['sympozium/agent-runner@sha256:abc', ['node', 'any.mjs']],
  ['sympozium/agent-runner:0.2.0@sha256:abc', ['node', 'any.mjs']],
  ['localhost:5000/tool', ['tool']],
  ['localhost:5000/tool:1', ['tool']],
  ['localhost:5000/other', undefined],
  ['', undefined],
])('%s is %j', (image, command) => {
  expect(imageCommand(image, images)).toEqual(command);
});
