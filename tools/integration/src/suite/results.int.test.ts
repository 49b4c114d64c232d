import { readResult } from '@sympozium/run-client';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { ANY_PROGRAM } from '../fixture/images.js';
import { Sympozium } from '../fixture/sympozium.js';

let system: Sympozium;

beforeAll(async () => {
  system = await Sympozium.start(inject('cluster'), { name: 'results' });
  const script = join(system.cluster.folder, system.namespace, 'bytes.mjs');
  mkdirSync(join(system.cluster.folder, system.namespace), { recursive: true });
  writeFileSync(script, FOREIGN_AGENT);
  await system.createInstance('bytes', { agent: { image: ANY_PROGRAM, command: [process.execPath, script] } });
});

afterAll(() => system?.stop());

/**
 * An agent that is not ours: it knows the protocol from its document alone. Its task is JSON: what the answer repeats,
 * how often, and whether it writes bytes that are no UTF-8.
 */
const FOREIGN_AGENT = `
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
const input = JSON.parse(readFileSync(process.env.SYMPOZIUM_INPUT, 'utf8'));
const { piece, times, broken } = JSON.parse(input.messages.at(-1).content[0].text);
const attempt = process.env.SYMPOZIUM_ATTEMPT;
const text = piece.repeat(times);
const line = (frame) => JSON.stringify({ v: 1, attempt, ...frame }) + '\\n';
let result = Buffer.from(line({ seq: 1, type: 'result', status: 'ok', text, finishReason: 'stop' }));
let bytes = Buffer.from(text);
if (broken) {
  const marker = Buffer.from('BROKEN');
  const at = result.indexOf(marker);
  result = Buffer.concat([result.subarray(0, at), Buffer.from([0xff]), result.subarray(at + marker.length)]);
  bytes = Buffer.from(text.replace('BROKEN', '\\ufffd'));
}
const sha256 = createHash('sha256').update(bytes).digest('hex');
const envelope = { v: 1, status: 'ok', finishReason: 'stop', bytes: bytes.length, sha256 };
const inline = JSON.stringify({ ...envelope, text: bytes.toString() });
const fits = bytes.length <= 3072 && Buffer.byteLength(inline) <= Number(process.env.SYMPOZIUM_RESULT_BYTES);
writeFileSync(process.env.SYMPOZIUM_RESULT, fits ? inline : JSON.stringify(envelope));
process.stdout.write('not a frame\\n' + line({ seq: 0, type: 'started' }));
process.stdout.write(result);
`;

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
  expect(finished.status).toMatchObject({ phase: 'Succeeded', mode: 'task' });
  const text = await readResult(system.admin, finished);
  expect(text === piece.piece.repeat(piece.times)).toBe(true);
});

it('makes broken UTF-8 of a foreign agent U+FFFD', async () => {
  const piece: Piece = { piece: `${'x'.repeat(4000)}BROKEN`, times: 1, broken: true };
  await system.createRun('broken', { instanceRef: { name: 'bytes' }, task: JSON.stringify(piece) });
  const finished = await system.finished('broken');
  expect(finished.status.phase).toBe('Succeeded');
  expect(await readResult(system.admin, finished)).toBe(`${'x'.repeat(4000)}\ufffd`);
});

it('fails a result above 1 MiB by name', async () => {
  const piece: Piece = { piece: 'd', times: KIB * KIB + 1 };
  await system.createRun('too-large', { instanceRef: { name: 'bytes' }, task: JSON.stringify(piece) });
  expect((await system.finished('too-large')).status).toMatchObject({ phase: 'Failed', reason: 'ResultTooLarge' });
});
