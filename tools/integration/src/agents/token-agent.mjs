/** An agent that is not ours and gives away the one token it has: its answer is what stands in the file. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const { SYMPOZIUM_ATTEMPT: attempt, SYMPOZIUM_RESULT, SYMPOZIUM_TOKEN_FILE } = process.env;
const text = readFileSync(SYMPOZIUM_TOKEN_FILE, 'utf8');
const digest = { bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') };
const frame = (body) => `${JSON.stringify({ v: 1, attempt, ...body })}\n`;

writeFileSync(SYMPOZIUM_RESULT, JSON.stringify({ v: 1, status: 'ok', finishReason: 'stop', ...digest, text }));
process.stdout.write(frame({ seq: 0, type: 'started' }));
process.stdout.write(frame({ seq: 1, type: 'result', status: 'ok', text, finishReason: 'stop' }));
