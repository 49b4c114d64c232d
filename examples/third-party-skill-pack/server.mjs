/** A server sidecar: `GET /` greets whoever has one of the instance's API keys. Node alone, no libraries. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

// What every server gets; docs/plugins/skill-packs.md
const { POD_IP, SYMPOZIUM_INSTANCE, SYMPOZIUM_KEYS_DIR, SYMPOZIUM_NAMESPACE } = process.env;

/** One file a key, read anew for each request: a rotated key counts as soon as the folder shows it. */
function keys() {
  const names = readdirSync(SYMPOZIUM_KEYS_DIR).filter((name) => !name.startsWith('.'));
  return names.flatMap((name) => parseKey(readFileSync(join(SYMPOZIUM_KEYS_DIR, name), 'utf8')));
}

/** A key as it is, or JSON `{key, expires}`. What is neither is no key: anybody may add entries to the Secret. */
function parseKey(text) {
  if (!text.startsWith('{')) return text.trim() === '' ? [] : [text.trim()];
  try {
    const { key, expires } = JSON.parse(text);
    const isValid = typeof key === 'string' && (expires === undefined || Date.parse(expires) > Date.now());
    return isValid ? [key] : [];
  } catch {
    return [];
  }
}

const digest = (text) => createHash('sha256').update(text).digest();

function isAllowed({ headers: { authorization = '' } }) {
  const given = digest(authorization.replace(/^Bearer /i, ''));
  return keys().some((key) => timingSafeEqual(digest(key), given));
}

const server = createServer((request, response) => {
  const answer = (status, body) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
  if (request.url === '/healthz') return answer(200, { ok: true });
  if (!isAllowed(request)) return answer(401, { error: 'send Authorization: Bearer <key>' });
  return answer(200, { greeting: `Hello from ${SYMPOZIUM_INSTANCE} in ${SYMPOZIUM_NAMESPACE}` });
});

server.listen(8080, POD_IP);
process.on('SIGTERM', () => server.close());
