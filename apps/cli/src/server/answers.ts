import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';
import type { Call } from '../curl-line.js';

/**
 * Whether a server that speaks OpenAI's API takes the key at the address. Rejects only when the signal says so. Not by
 * `fetch`: a process's first one never hears of a connection that is cut at once, as one is where nobody serves yet.
 */
export function answers({ origin, apiKey }: Call, signal: AbortSignal, patienceMs: number): Promise<boolean> {
  const get = origin.startsWith('https:') ? getHttps : getHttp;
  const within = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  const options = { headers: { authorization: `Bearer ${apiKey}` }, agent: false, signal: within };
  return new Promise((resolve, reject) => {
    const request = get(`${origin}/v1/models`, options, ({ statusCode = 0 }) => {
      resolve(statusCode >= 200 && statusCode < 300);
      request.destroy();
    });
    // No route, nobody there, no answer in time.
    request.on('error', () => (signal.aborted ? reject(signal.reason as Error) : resolve(false)));
  });
}
