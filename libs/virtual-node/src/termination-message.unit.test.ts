import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { lastLogLines, readTerminationMessage } from './termination-message.js';

const folder = mkdtempSync(join(tmpdir(), 'message-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (content: string | Buffer): string => {
  const path = join(folder, 'file');
  writeFileSync(path, content);
  return path;
};
const line = (text: string, piece = 'F'): string => `2026-01-01T00:00:00.000Z stdout ${piece} ${text}\n`;

it('reads the last 4,096 bytes of a message', async () => {
  expect(await readTerminationMessage(file(`x${'a'.repeat(4095)}b`))).toBe(`${'a'.repeat(4095)}b`);
  expect(await readTerminationMessage(file('short'))).toBe('short');
});

it('makes broken UTF-8 valid', async () => {
  expect(await readTerminationMessage(file(Buffer.from([0x61, 0xff, 0x62])))).toBe('a\ufffdb');
});

it('takes a missing file for no message', async () => {
  expect(await readTerminationMessage(join(folder, 'absent'))).toBe('');
});

it("takes the log's end without its columns", async () => {
  expect(await lastLogLines(file(line('one') + line('two')))).toBe('one\ntwo\n');
});

it('takes at most 80 lines and 2,048 bytes of the log', async () => {
  const many = Array.from({ length: 200 }, (_, n) => line(`line ${n}`)).join('');
  const last80 = Array.from({ length: 80 }, (_, n) => `line ${n + 120}\n`).join('');
  expect(await lastLogLines(file(many))).toBe(last80);
  expect(await lastLogLines(file(line('x'.repeat(20_000))))).toBe(`${'x'.repeat(2047)}\n`);
});

it('joins the pieces of a long line', async () => {
  expect(await lastLogLines(file(line('begin ', 'P') + line('end')))).toBe('begin end\n');
});
