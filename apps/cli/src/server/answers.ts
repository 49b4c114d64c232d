import type { Call } from '../curl-line.js';

/** Whether a server that speaks OpenAI's API takes the key at the address. Rejects only when the signal says so. */
export async function answers({ origin, apiKey }: Call, signal: AbortSignal, patienceMs: number): Promise<boolean> {
  try {
    const headers = { authorization: `Bearer ${apiKey}` };
    const within = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
    const response = await fetch(`${origin}/v1/models`, { headers, signal: within });
    await response.body?.cancel();
    return response.ok;
  } catch (error) {
    if (signal.aborted) throw error;
    return false; // no route, nobody there, no answer in time
  }
}
