import { ANNOTATION, KEY_ENTRY } from '@sympozium/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Served } from '../fixture/served.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { Sympozium } from '../fixture/sympozium.js';
import { until } from '../fixture/until.js';

let system: Sympozium;

beforeAll(async () => {
  system = await Sympozium.start(suiteCluster(), { name: 'server', proxy: false });
});

afterAll(() => system?.stop());

describe('an instance with the skill web-endpoint', () => {
  it('is served: a request to its Service is answered by a task run of its own', async () => {
    const served = await Served.create(system, 'first');
    const phases = await served.watchPhases();
    const run = await served.serving();
    expect(run.status).toMatchObject({
      mode: 'server',
      endpoint: { url: `http://first-server.${system.namespace}.svc:8080`, apiKeySecretName: 'first-server-api-key' },
    });
    expect(await served.ask('Hello out there')).toBe('Hello out there');
    const [task, ...others] = (await system.runs()).filter(({ metadata }) => metadata.name !== served.run);
    expect(others).toEqual([]);
    expect((await system.finished(task?.metadata.name ?? '')).status).toMatchObject({
      mode: 'task',
      phase: 'Succeeded',
    });

    await served.deleteInstance();
    await until('nothing of it is left', async () => (await served.remains()).length === 0, 60_000);
    expect(await phases()).toEqual(['Pending', 'Serving', 'Succeeded']);
  });

  it('refuses who has no key, or another one', async () => {
    const served = await Served.create(system, 'closed');
    await served.serving();
    for (const authorization of [undefined, 'Bearer sk-wrong-wrong-wrong-wrong-wrong']) {
      const headers = authorization === undefined ? {} : { authorization };
      expect((await fetch(`${await served.url()}/v1/models`, { headers })).status).toBe(401);
    }
    await served.deleteInstance();
  });

  it('stops being served when the skill is removed, and is served again when it is back', async () => {
    const served = await Served.create(system, 'switched');
    await served.serving();
    await served.patchInstance({ spec: { skills: null } });
    await until('nothing of it is left', async () => (await served.remains()).length === 0, 60_000);
    await served.patchInstance({ spec: { skills: [{ skillPackRef: { name: 'web-endpoint' } }] } });
    await served.serving();
    expect(await served.ask('Back again')).toBe('Back again');
    await served.deleteInstance();
  });
});

describe('its key', () => {
  it('is rotated without a restart: both keys work at once, an open stream goes on', async () => {
    const served = await Served.create(system, 'rotated', {
      runDefaults: { podTemplate: { env: [{ name: 'SYMPOZIUM_ECHO_PACE_MS', value: '50' }] } },
    });
    await served.serving();
    const before = await served.key();
    const pods = await served.pods();
    const client = await served.openai();
    const words = Array.from({ length: 60 }, (_, n) => `word${n}`).join(' ');
    const stream = await client.chat.completions.create({
      model: served.name,
      stream: true,
      messages: [{ role: 'user', content: words }],
    });
    let text = '';
    let rotated: Promise<void> | undefined;
    let followedMs = 0;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      rotated ??= (async () => {
        await served.patchInstance({ metadata: { annotations: { [ANNOTATION.keyEpoch]: 'second' } } });
        const after = await until('there is another key', async () => {
          const key = await served.key();
          return key !== before && key;
        });
        const began = Date.now();
        await until('the new key is taken', async () => isTaken(served, after), 5_000);
        followedMs = Date.now() - began;
      })();
    }
    await rotated;
    expect(text).toBe(words);
    expect(followedMs).toBeLessThan(1_000);
    expect(await isTaken(served, before)).toBe(true);
    const previous = JSON.parse(await served.key(KEY_ENTRY.previous)) as { key: string; expires: string };
    expect(previous.key).toBe(before);
    expect(Date.parse(previous.expires)).toBeGreaterThan(Date.now() + 23 * 3_600_000);
    expect(await served.pods()).toEqual(pods);
    await served.deleteInstance();
  });
});

async function isTaken(served: Served, key: string): Promise<boolean> {
  const response = await fetch(`${await served.url()}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
  return response.ok;
}
