import type { RunView } from '@sympozium/plugin-sdk';
import { HTTP_ROUTE, type HttpRoute } from '@sympozium/plugin-sdk/manifests';
import { describe, expect, it } from 'vitest';
import {
  ACCEPTED,
  ENDPOINT,
  PARENT,
  RESOLVED,
  routeObject,
  routeView,
  says,
  type Endpoint,
} from './cluster-objects.test.js';
import { gatewayConfig, type GatewayConfig, type GatewayParams } from './config.js';
import { observeRoute, planRoute } from './route.js';

const NONE: GatewayConfig = gatewayConfig.parse({});
const OPERATORS: GatewayConfig = gatewayConfig.parse({
  gateway: { name: 'shared', namespace: 'infra' },
  baseDomain: 'agents.example.com',
});

const specOf = (view: RunView<GatewayParams>, config = NONE) =>
  (planRoute(view, config)[0]?.object as HttpRoute | undefined)?.spec;
const conditionOf = (view: RunView<GatewayParams>, config = NONE) => observeRoute(view, config).conditions?.[0];

describe('the route', () => {
  it('leads from the instance’s host name on its Gateway to the run’s Service, and cuts no answer', () => {
    expect(planRoute(routeView({ endpoint: ENDPOINT }), NONE)).toEqual([
      {
        object: {
          apiVersion: 'gateway.networking.k8s.io/v1',
          kind: 'HTTPRoute',
          metadata: { name: 'demo-server' },
          spec: {
            parentRefs: [PARENT],
            hostnames: ['agent.example.com'],
            rules: [{ backendRefs: [{ name: 'demo-server', port: 8080 }], timeouts: { request: '0s' } }],
          },
        },
        stage: 'route',
        onDrift: 'apply',
      },
    ]);
  });

  it.each<[string, Endpoint | undefined, object]>([
    [
      'where it says nothing',
      undefined,
      { parentRefs: [{ name: 'shared', namespace: 'infra' }], hostnames: ['demo.default.agents.example.com'] },
    ],
    [
      'but for its own host name',
      { hostname: 'a.example.com' },
      { parentRefs: [{ name: 'shared', namespace: 'infra' }], hostnames: ['a.example.com'] },
    ],
    [
      'but for its own Gateway, in its own namespace and of all listeners',
      { gateway: { name: 'mine' } },
      { parentRefs: [{ name: 'mine' }], hostnames: ['demo.default.agents.example.com'] },
    ],
  ])('follows the operator’s settings %s', (_when, endpoint, expected) => {
    expect(specOf(routeView({ endpoint }), OPERATORS)).toMatchObject(expected);
  });

  it('waits for the Service, and stays when that is lost for a moment', () => {
    expect(specOf(routeView({ endpoint: ENDPOINT, related: [] }))).toBeUndefined();
    expect(specOf(routeView({ endpoint: ENDPOINT, related: [], children: [routeObject()] }))).toBeDefined();
  });

  it('goes when no Gateway is named any more', () => {
    expect(planRoute(routeView({ children: [routeObject()] }), NONE)).toEqual([]);
  });

  it('follows when the Gateway API appears', () => {
    const without = routeView({ endpoint: ENDPOINT, missing: [HTTP_ROUTE] });
    expect(planRoute(without, NONE)).toEqual([]);
    expect(planRoute({ ...without, available: () => true }, NONE)).toHaveLength(1);
  });
});

describe('the condition RouteAccepted', () => {
  it.each([
    ['GatewayApiMissing', routeView({ endpoint: ENDPOINT, missing: [HTTP_ROUTE] })],
    ['GatewayNotConfigured', routeView({ endpoint: { hostname: 'agent.example.com' } })],
    ['GatewayNotConfigured', routeView()],
    ['HostnameMissing', routeView({ endpoint: { gateway: { name: 'public' } } })],
  ])('says why there is no route: %s', (reason, view) => {
    expect(conditionOf(view)).toMatchObject({
      type: 'RouteAccepted',
      status: 'False',
      reason,
      message: expect.stringMatching(/\.$/),
    });
  });

  it('waits for the route, then mirrors it', () => {
    expect(conditionOf(routeView({ endpoint: ENDPOINT }))).toMatchObject({ status: 'Unknown', reason: 'Waiting' });
    const children = [routeObject([says([ACCEPTED, RESOLVED])])];
    expect(conditionOf(routeView({ endpoint: ENDPOINT, children }))).toMatchObject({
      status: 'True',
      reason: 'Accepted',
      message: expect.stringContaining('agent.example.com'),
    });
  });

  it('goes on mirroring without the instance, and says nothing where there was no route', () => {
    const orphan = (children: HttpRoute[]) => {
      const { run, params, related, surveyed, available, children: all } = routeView({ children });
      return observeRoute({ run, params, related, surveyed, available, children: all }, NONE).conditions;
    };
    expect(orphan([routeObject([says([ACCEPTED, RESOLVED])])])).toMatchObject([{ status: 'True' }]);
    expect(orphan([])).toEqual([]);
  });
});

it.each([
  ['an unknown field', { gateways: [] }],
  ['a Gateway without a name', { gateway: { namespace: 'infra' } }],
  ['a domain that is none', { baseDomain: 'https://example.com' }],
])('the configuration refuses %s', (_what, config) => {
  expect(gatewayConfig.safeParse(config).success).toBe(false);
});
