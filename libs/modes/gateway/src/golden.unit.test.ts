import { readdirSync, readFileSync } from 'node:fs';
import type { SympoziumInstance } from '@sympozium/api';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { routeView } from './cluster-objects.test.js';
import { gatewayConfig } from './config.js';
import { planRoute } from './route.js';

const GOLDEN = new URL('__golden__/', import.meta.url);

it('the route of examples/gateway.yaml is as committed (`vitest run -u` writes it)', async () => {
  const file = new URL('../../../../examples/gateway.yaml', import.meta.url);
  const { spec } = parse(readFileSync(file, 'utf8')) as SympoziumInstance;
  const plan = planRoute(routeView({ instance: { spec } }), gatewayConfig.parse({}));
  const yaml = plan.map(({ object }) => stringify(object, { lineWidth: 0 })).join('---\n');
  await expect(yaml).toMatchFileSnapshot(new URL('gateway.yaml', GOLDEN).pathname);
  expect(readdirSync(GOLDEN)).toEqual(['gateway.yaml']);
});
