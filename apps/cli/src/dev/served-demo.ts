import type { InformerDependencies } from '@sympozium/kube';
import { delay } from '@sympozium/process';
import type { ChatCall } from '../curl-line.js';
import { answers } from '../server/answers.js';
import { findEndpoint } from '../server/find-endpoint.js';
import { whenServing } from '../server/find-serving.js';
import type { ServingState } from '../server/serving-state.js';
import type { Tunnel } from '../tunnel/tunnel.js';
import { DEMO } from './demo.js';

export interface ServedDemoOptions {
  readonly tools: InformerDependencies;
  /** Leads to the demo's server; opened here. */
  readonly tunnel: Tunnel;
  readonly port: number;
  /** Called with each state on the way. */
  readonly onState: (state: ServingState) => void;
  readonly signal: AbortSignal;
}

const ASK_EVERY_MS = 50;
const ROUND_MS = 3_000;

/** Opens the port of this machine that leads to the demo; resolves when its server answers there. */
export async function servedDemo({ tools, tunnel, port, onState, signal }: ServedDemoOptions): Promise<ChatCall> {
  const { client, clock } = tools;
  await tunnel.open(port);
  for (;;) {
    const serving = await whenServing(tools, DEMO, { onState, signal });
    const { apiKey } = await findEndpoint(client, serving, { now: clock.now() });
    const call = { origin: tunnel.origin, apiKey, model: DEMO.name };
    // After a restart the status is as the last life left it, until the operator has looked.
    const until = clock.now() + ROUND_MS;
    while (clock.now() < until) {
      if (await answers(call, signal, ROUND_MS)) return call;
      await delay(clock, ASK_EVERY_MS, signal);
    }
  }
}
