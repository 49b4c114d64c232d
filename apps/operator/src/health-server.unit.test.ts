import { Metrics } from '@sympozium/process';
import { describe, expect, it } from 'vitest';
import { buildApp, HealthServer } from './health-server.js';

describe('probes and metrics', () => {
  it('is alive at once, and ready when nothing is missing', async () => {
    let missing = ['cache of jobs has not synced'];
    const app = buildApp({ metrics: new Metrics({ defaults: false }), missing: async () => missing });
    const status = async (url: string) => (await app.inject(url)).statusCode;
    expect([await status('/healthz'), await status('/readyz')]).toEqual([200, 503]);
    expect((await app.inject('/readyz')).json()).toEqual({ ready: false, missing });
    missing = [];
    expect(await status('/readyz')).toBe(200);
    expect(await status('/nothing')).toBe(404);
  });

  it('exposes the app’s metrics as text', async () => {
    const metrics = new Metrics({ defaults: false });
    metrics.counter('made_total', 'Made.').inc(3);
    const { headers, body } = await buildApp({ metrics, missing: async () => [] }).inject('/metrics');
    expect(headers['content-type']).toContain('text/plain');
    expect(body).toContain('made_total 3');
  });

  it('names the port that another process has', async () => {
    const options = { host: '127.0.0.1', metrics: new Metrics({ defaults: false }), missing: async () => [] };
    const first = new HealthServer({ ...options, port: 0 });
    await first.start();
    try {
      expect((await fetch(`http://127.0.0.1:${first.port}/healthz`)).status).toBe(200);
      const second = new HealthServer({ ...options, port: first.port });
      await expect(second.start()).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    } finally {
      await first.stop();
    }
  });
});
