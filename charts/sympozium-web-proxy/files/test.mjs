/** Asks the web proxy for its models: 401 without a key, and a list with TEST_KEY. Exits 1 with the reason. */
import { setTimeout as pause } from 'node:timers/promises';

const WITHIN_MS = 60_000;
const { TEST_URL: url, TEST_KEY: entry } = process.env;

/** Node's fetch says why in the cause. */
const reason = (error) => error.cause?.message ?? error.message;

async function status(headers) {
  for (const until = Date.now() + WITHIN_MS; ; await pause(1000)) {
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) }).catch(reason);
    if (typeof answer !== 'string') return answer.status;
    if (Date.now() > until) throw new Error(answer);
  }
}

async function expectStatus(expected, how, headers) {
  const found = await status(headers);
  if (found !== expected) throw new Error(`answers ${found} ${how}, and must answer ${expected}`);
  console.log(`GET ${url} answers ${found} ${how}`);
}

try {
  await expectStatus(401, 'without a key');
  if (entry) await expectStatus(200, 'with a key', { authorization: `Bearer ${JSON.parse(entry).key}` });
} catch (error) {
  console.error(`GET ${url}: ${reason(error)}`);
  process.exitCode = 1;
}
