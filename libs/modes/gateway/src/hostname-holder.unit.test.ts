import type { KubeObject } from '@sympozium/api';
import { HTTP_ROUTE, type HttpRoute } from '@sympozium/plugin-sdk/manifests';
import { expect, it } from 'vitest';
import { ACCEPTED, ENDPOINT, PARENT, RESOLVED, routeObject, routeView, says } from './cluster-objects.test.js';
import { gatewayConfig } from './config.js';
import { holderOf } from './hostname-holder.js';
import { observeRoute } from './route.js';

const ours: HttpRoute = { ...routeObject([says([ACCEPTED, RESOLVED])]) };
ours.metadata = { ...ours.metadata, uid: 'ours', creationTimestamp: '2026-01-02T00:00:00Z' };

const theirs = (spec: object = {}, metadata: object = {}): KubeObject =>
  ({
    apiVersion: HTTP_ROUTE.apiVersion,
    kind: HTTP_ROUTE.kind,
    metadata: {
      name: 'other',
      namespace: 'shop',
      uid: 'theirs',
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...metadata,
    },
    spec: { parentRefs: [PARENT], hostnames: ['agent.example.com'], rules: [{}], ...spec },
  }) as KubeObject;

it.each([
  ['of all listeners', { parentRefs: [{ ...PARENT, sectionName: undefined }] }, {}],
  ['with several names', { hostnames: ['shop.example.com', 'agent.example.com'] }, {}],
  ['that matches the root', { rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/' } }] }] }, {}],
  ['as old, and first by its name', {}, { creationTimestamp: '2026-01-02T00:00:00Z', namespace: 'a' }],
  ['without any rules', { rules: undefined }, {}],
])('a route %s holds the host name', (_, spec, metadata) => {
  expect(holderOf(ours, [ours, theirs(spec, metadata)])?.metadata.name).toBe('other');
});

it.each([
  ['that is younger', {}, { creationTimestamp: '2026-01-03T00:00:00Z' }],
  ['of another Gateway', { parentRefs: [{ ...PARENT, namespace: 'elsewhere' }] }, {}],
  ['of another listener', { parentRefs: [{ ...PARENT, sectionName: 'http' }] }, {}],
  ['of another name', { hostnames: ['shop.example.com'] }, {}],
  ['for a path of its own', { rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/docs' } }] }] }, {}],
  ['for some requests only', { rules: [{ matches: [{ headers: [{ name: 'x', value: 'y' }] }] }] }, {}],
  ['without host names and parents', { hostnames: undefined, parentRefs: undefined }, {}],
])('a route %s does not', (_, spec, metadata) => {
  expect(holderOf(ours, [ours, theirs(spec, metadata)])).toBeUndefined();
});

it('is named as what keeps requests away, though the Gateway accepted the route; a free name is told', () => {
  const config = gatewayConfig.parse({});
  const parts = { endpoint: ENDPOINT, children: [ours] };
  const held = observeRoute(routeView({ ...parts, surveyed: [ours, theirs()] }), config);
  expect(held.conditions).toMatchObject([{ status: 'False', reason: 'HostnameConflict' }]);
  expect(held.conditions?.[0]?.message).toContain('shop/other');
  expect(held.hostname).toBeUndefined();
  expect(observeRoute(routeView({ ...parts, surveyed: [ours] }), config)).toMatchObject({
    hostname: 'agent.example.com',
    conditions: [{ status: 'True', reason: 'Accepted' }],
  });
});
