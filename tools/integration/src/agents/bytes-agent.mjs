/**
 * An agent that is not ours: it knows the protocol from its document alone. Its task is JSON: what the answer repeats,
 * how often, and whether it writes a byte that is no UTF-8 where the text says BROKEN.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const { SYMPOZIUM_INPUT, SYMPOZIUM_ATTEMPT: attempt, SYMPOZIUM_RESULT, SYMPOZIUM_RESULT_BYTES } = process.env;
const input = JSON.parse(readFileSync(SYMPOZIUM_INPUT, 'utf8'));
const { piece, times, broken } = JSON.parse(input.messages.at(-1).content[0].text);
const text = piece.repeat(times);
const frame = (body) => Buffer.from(`${JSON.stringify({ v: 1, attempt, ...body })}\n`);

let result = frame({ seq: 1, type: 'result', status: 'ok', text, finishReason: 'stop' });
if (broken) {
  const at = result.indexOf('BROKEN');
  result = Buffer.concat([result.subarray(0, at), Buffer.from([0xff]), result.subarray(at + 'BROKEN'.length)]);
}
const answer = Buffer.from(broken ? text.replace('BROKEN', '\ufffd') : text);
const sha256 = createHash('sha256').update(answer).digest('hex');
const envelope = { v: 1, status: 'ok', finishReason: 'stop', bytes: answer.length, sha256 };
const inline = JSON.stringify({ ...envelope, text: answer.toString() });
const fits = answer.length <= 3072 && Buffer.byteLength(inline) <= Number(SYMPOZIUM_RESULT_BYTES);

writeFileSync(SYMPOZIUM_RESULT, fits ? inline : JSON.stringify(envelope));
process.stdout.write(Buffer.concat([Buffer.from('not a frame\n'), frame({ seq: 0, type: 'started' }), result]));
