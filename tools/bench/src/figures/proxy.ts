import { API_KEY, type Sympozium } from '@sympozium/integration';
import autocannon from 'autocannon';
import type { Figure } from '../figure.js';

const SECONDS = 5;
const CONNECTIONS = 20;

/** Authorised requests that make no run: what the proxy itself costs. */
export async function proxyAlone(system: Sympozium): Promise<Figure[]> {
  const result = await autocannon({
    url: `${system.endpoint}/v1/models`,
    headers: { authorization: `Bearer ${API_KEY}` },
    connections: CONNECTIONS,
    duration: SECONDS,
    workers: 1, // a thread of its own: this one hosts the node
  });
  if (result.non2xx > 0) throw new Error(`${result.non2xx} answers were not 200`);
  const load = `${CONNECTIONS} connections for ${SECONDS} s, load generator on the same cores`;
  const n = result.requests.total;
  return [
    {
      name: 'authorised GET /v1/models',
      value: Math.round(result.requests.average),
      unit: 'requests/s',
      goal: { atLeast: 10_000 },
      n,
      load,
    },
    { name: 'authorised GET /v1/models, p50', value: result.latency.p50, unit: 'ms', n, load },
  ];
}
