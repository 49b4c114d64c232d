import { startLocalCluster } from '@sympozium/local-cluster';
import { startControlPlane } from '@sympozium/kube-assets';
import { clientFromKubeconfig } from '@sympozium/kube/kubeconfig';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiUnderTest } from '../differential/api-call.js';
import { transcribe, type Sequence } from '../differential/sequence.js';
import * as sequences from '../differential/sequences/index.js';
import { installSympozium } from '../fixture/install.js';

/** Both APIs without controllers: nothing but a sequence changes what it made. */
let real: ApiUnderTest;
let embedded: ApiUnderTest;
const stops: (() => Promise<unknown> | void)[] = [];

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sympozium-differential-'));
  stops.push(() => rmSync(folder, { recursive: true, force: true }));
  const [plane, cluster] = await Promise.all([
    startControlPlane({ folder: join(folder, 'real'), durable: false, controllers: false }),
    startLocalCluster({ folder: join(folder, 'embedded'), storage: 'memory', controllers: false }),
  ]);
  stops.push(
    () => plane.stop(),
    () => cluster.stop(),
  );
  for (const { kubeconfig } of [plane, cluster]) {
    const { client } = await clientFromKubeconfig({ kubeconfig });
    await installSympozium(client);
    await client.close();
  }
  real = await ApiUnderTest.connect('real', plane.kubeconfig);
  embedded = await ApiUnderTest.connect('embedded', cluster.kubeconfig);
  await Promise.all([real, embedded].map(warmUp));
  stops.push(
    () => real.close(),
    () => embedded.close(),
  );
});
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

/** The real server begins to remember changes of a custom resource with the first request for it. */
async function warmUp(api: ApiUnderTest): Promise<void> {
  for (const plural of ['agentruns', 'skillpacks', 'sympoziuminstances'])
    await api.call({ method: 'GET', path: `/apis/sympozium.ai/v1alpha1/${plural}` });
}

let played = 0;

async function compare(sequence: Sequence): Promise<void> {
  const namespace = `played-${++played}`;
  const [expected, actual] = await Promise.all([real, embedded].map((api) => transcribe(api, sequence, namespace)));
  expect(actual).toEqual(expected);
}

describe.each(Object.entries(sequences))('the embedded API answers as the real one: %s', (_, sequences) => {
  it.concurrent.each(sequences)('$name', compare);
});
