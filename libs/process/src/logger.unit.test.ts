import { expect, it } from 'vitest';
import { recordingLogger } from './testing/index.js';

const KEY = 'sk-abcdefghijklmnopqrstuvwxyz0123456789';

it.each([
  ['a header', { headers: { authorization: `Bearer ${KEY}` } }],
  ['a nested header', { req: { headers: { 'api-key': KEY } } }],
  ['a field', { apiKey: KEY }],
  ['an error', { err: new Error(`refused Bearer ${KEY}`) }],
  ['a text', { note: `the key is ${KEY}` }],
])('never writes a secret that stands in %s', (_, fields) => {
  const { log, lines } = recordingLogger();
  log.info(fields, `used ${KEY}`);
  expect(lines).toHaveLength(1);
  expect(JSON.stringify(lines)).not.toContain('mnopqrstuv');
});
