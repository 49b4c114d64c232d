import { readResult } from '@sympozium/run-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { agentImage } from '../fixture/images.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { Sympozium } from '../fixture/sympozium.js';

let system: Sympozium;

beforeAll(async () => {
  system = await Sympozium.start(suiteCluster(), { name: 'results' });
  await system.createInstance('bytes', { agent: { image: agentImage('bytes-agent') } });
});

afterAll(() => system?.stop());

interface Piece {
  readonly piece: string;
  readonly times: number;
  readonly broken?: boolean;
}

const KIB = 1024;
const CASES: readonly (readonly [string, Piece])[] = [
  ['0 bytes', { piece: '', times: 1 }],
  ['one byte below 3 KiB', { piece: 'a', times: 3 * KIB - 1 }],
  ['3 KiB', { piece: 'a', times: 3 * KIB }],
  ['one byte above 3 KiB', { piece: 'a', times: 3 * KIB + 1 }],
  ['about 4,096 bytes encoded, 3 KiB raw', { piece: '"\n', times: 1000 }],
  ['32 KiB', { piece: 'b', times: 32 * KIB }],
  ['one byte above 32 KiB', { piece: 'b', times: 32 * KIB + 1 }],
  ['1 MiB', { piece: 'c', times: KIB * KIB }],
  ['newlines', { piece: 'line\r\n\n', times: 10 }],
  ['NUL and control characters', { piece: 'a\0b\u0007\u001b[31m', times: 3 }],
  ['all planes of Unicode, many bytes', { piece: 'é€𝄞<&>\u2028', times: 2000 }],
];

it.each(CASES)('keeps a result of %s byte for byte', async (name, piece) => {
  const run = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);
  await system.createRun(`r-${run}`, { instanceRef: { name: 'bytes' }, task: JSON.stringify(piece) });
  const finished = await system.finished(`r-${run}`);
  expect(finished.status.message).toBeUndefined();
  expect(finished.status).toMatchObject({ phase: 'Succeeded', mode: 'task' });
  const { text } = await readResult(system.admin, finished);
  expect(text === piece.piece.repeat(piece.times)).toBe(true);
});

it('makes broken UTF-8 of a foreign agent U+FFFD', async () => {
  const piece: Piece = { piece: `${'x'.repeat(4000)}BROKEN`, times: 1, broken: true };
  await system.createRun('broken', { instanceRef: { name: 'bytes' }, task: JSON.stringify(piece) });
  const finished = await system.finished('broken');
  expect(finished.status.phase).toBe('Succeeded');
  expect((await readResult(system.admin, finished)).text).toBe(`${'x'.repeat(4000)}\ufffd`);
});

it('fails a result above 1 MiB by name', async () => {
  const piece: Piece = { piece: 'd', times: KIB * KIB + 1 };
  await system.createRun('too-large', { instanceRef: { name: 'bytes' }, task: JSON.stringify(piece) });
  expect((await system.finished('too-large')).status).toMatchObject({ phase: 'Failed', reason: 'ResultTooLarge' });
});
