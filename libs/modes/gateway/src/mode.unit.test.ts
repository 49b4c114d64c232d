import { HTTP_ROUTE } from '@sympozium/plugin-sdk/manifests';
import { describeMode } from '@sympozium/plugin-sdk/testing';
import { describe } from 'vitest';
import { ACCEPTED, ENDPOINT, RESOLVED, routeObject, routeView, said, says } from './cluster-objects.test.js';
import { gatewayMode } from './mode.js';

const refused = says([said('Accepted', 'False', 'NotAllowedByListeners', 'no route of this namespace'), RESOLVED]);

const views = {
  'without an endpoint': routeView(),
  'without the API': routeView({ endpoint: ENDPOINT, missing: [HTTP_ROUTE] }),
  'without a host name': routeView({ endpoint: { gateway: { name: 'public' } } }),
  'before its Service': routeView({ endpoint: ENDPOINT, related: [] }),
  fresh: routeView({ endpoint: ENDPOINT }),
  made: routeView({ endpoint: ENDPOINT, children: [routeObject()] }),
  accepted: routeView({ endpoint: ENDPOINT, children: [routeObject([says([ACCEPTED, RESOLVED])])] }),
  refused: routeView({ endpoint: ENDPOINT, children: [routeObject([refused])] }),
  'refused by one controller of two': routeView({
    endpoint: ENDPOINT,
    children: [routeObject([says([ACCEPTED, RESOLVED]), refused])],
  }),
  withdrawn: routeView({ children: [routeObject([says([ACCEPTED, RESOLVED])])] }),
};

describe('where instances say all', () => {
  describeMode(gatewayMode, { views });
});

describe('where the operator names a Gateway and a domain', () => {
  describeMode(gatewayMode, { views, config: { gateway: { name: 'public' }, baseDomain: 'agents.example.com' } });
});
