import { durationMs } from '@sympozium/api';
import { describeSkillPack } from '@sympozium/plugin-sdk/testing';
import { expect, it } from 'vitest';
import pack, { WEB_PROXY_IMAGE, webEndpoint } from './index.js';

describeSkillPack(pack);

const { spec } = pack.object;

it('is a server whose image may be another', () => {
  expect(spec.sidecar).toMatchObject({ image: WEB_PROXY_IMAGE, requiresServer: true });
  const other = webEndpoint({ image: 'registry.example/web-proxy:9' }).object;
  expect(other.spec.sidecar?.image).toBe('registry.example/web-proxy:9');
  expect({ ...other.spec.sidecar, image: WEB_PROXY_IMAGE }).toEqual(spec.sidecar);
});

/** What the server mode's preStop hook takes of the grace period. */
const PRE_STOP_MS = 5_000;

it('has time to drain and to end a run of the default timeout before it is killed', () => {
  const ms = (name: string) => Number(spec.sidecar?.env?.find((variable) => variable.name === name)?.value);
  const [drain, grace] = [ms('DRAIN_MS'), ms('GRACE_MS')];
  expect(grace).toBeGreaterThan(durationMs('10m'));
  expect(drain).toBeGreaterThan(0); // callers' kept connections are not cut with a request on its way
  expect(PRE_STOP_MS + drain + grace).toBeLessThan(durationMs(spec.sidecar?.terminationGracePeriod ?? ''));
});
