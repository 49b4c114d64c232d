import { expect, it } from 'vitest';
import { buildProgram } from './program.js';

const parse = (...words: string[]) => buildProgram().parseAsync(words, { from: 'user' });

it.each([
  'schedule run-now',
  'schedule suspend',
  'schedule resume',
  'logs',
  'cancel',
  'endpoint',
  'key rotate',
  'schedule list --namespace',
])('%s refuses an empty name before it asks a cluster', async (command) => {
  await expect(parse(...command.split(' '), '')).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining('empty'),
  });
});

it.each([['-1'], ['65536'], ['http']])('refuses the port %s', async (port) => {
  await expect(parse('port-forward', 'demo', `--port=${port}`)).rejects.toMatchObject({ code: 'USAGE' });
});
