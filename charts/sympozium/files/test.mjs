/** Makes an instance of the provider `echo` and a run, waits for its answer, and removes both. Exits 1 with the reason. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const WITHIN_MS = 180_000;
const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
const { TEST_NAMESPACE: namespace, SYMPOZIUM_SERVICEACCOUNT_DIR: account } = process.env;
const address = host.includes(':') ? `[${host}]` : host;
const folder = `https://${address}:${port}/apis/sympozium.ai/v1alpha1/namespaces/${namespace}`;
const token = readFileSync(`${account}/token`, 'utf8');
const name = `helm-test-${randomUUID().slice(0, 8)}`;

async function call(method, path, body) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${folder}/${path}`, { method, headers, body: body && JSON.stringify(body) });
  const object = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path}: ${object.message}`);
  return object;
}

const create = (plural, kind, spec) =>
  call('POST', plural, { apiVersion: 'sympozium.ai/v1alpha1', kind, metadata: { name }, spec });

async function ended() {
  for (const until = Date.now() + WITHIN_MS; ; await pause(500)) {
    const { status = {} } = await call('GET', `agentruns/${name}`);
    if (status.phase === 'Succeeded') return status.result?.text;
    const why = `${status.phase} ${status.reason ?? ''}: ${status.message ?? 'no operator has said anything'}`;
    if (status.phase === 'Failed' || Date.now() > until) throw new Error(`The run is ${why}`);
  }
}

try {
  await create('sympoziuminstances', 'SympoziumInstance', { model: { provider: 'echo', name: 'echo' } });
  await create('agentruns', 'AgentRun', { instanceRef: { name }, task: 'Hello' });
  console.log(`The run answers: ${await ended()}`);
} catch (error) {
  console.error(error.message, error.cause ?? '');
  process.exitCode = 1;
} finally {
  for (const plural of ['agentruns', 'sympoziuminstances']) await call('DELETE', `${plural}/${name}`).catch(() => {});
}
