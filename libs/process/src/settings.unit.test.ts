import { expect, it } from 'vitest';
import { z } from 'zod';
import { listenAddress, portSetting, readSettings, settingsHelp } from './settings.js';

const schema = z.object({
  PORT: portSetting(8080).describe('Port to listen on.'),
  MODEL_KEY: z.string().min(40, 'at least 40 characters').optional(),
});

it('fills in defaults and treats an empty variable as absent', () => {
  expect(readSettings(schema, { PORT: '' })).toEqual({ PORT: 8080 });
});

it('names the variable, what was read and what is allowed', () => {
  expect(() => readSettings(schema, { PORT: 'eighty' })).toThrow('PORT is "eighty": a port from 0 to 65535');
});

it('does not repeat a secret', () => {
  expect(() => readSettings(schema, { MODEL_KEY: 'hunter2' })).toThrow('MODEL_KEY is set: at least 40 characters');
});

it('writes a line of help for each variable', () => {
  expect(settingsHelp(schema)).toMatch(/PORT\s+Port to listen on\. \(default: 8080\)/);
});

it.each([
  [undefined, '0.0.0.0'],
  ['10.0.0.7', '0.0.0.0'],
  ['fd00::7', '::'],
  ['127.96.0.7', '127.96.0.7'],
])('in a Pod at %s listens on %s', (podIP, address) => expect(listenAddress(podIP)).toBe(address));
