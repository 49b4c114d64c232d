import type { RouteParentStatus } from '@sympozium/plugin-sdk/manifests';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptanceOf } from './acceptance.js';
import { ACCEPTED, PARENT, RESOLVED, routeObject, said, says } from './cluster-objects.test.js';

const refusal = (reason: string) => said('Accepted', 'False', reason, 'the controller’s words');
const other = { name: 'internal', namespace: 'gateways' };
const stale = <T extends object>(condition: T) => ({ ...condition, observedGeneration: 1 });

describe('a route is accepted', () => {
  it.each<[string, RouteParentStatus[]]>([
    ['when its parent takes it and what it leads to exists', [says([ACCEPTED, RESOLVED])]],
    ['whatever is said of other parents', [says([refusal('NoMatchingParent')], other), says([ACCEPTED, RESOLVED])]],
    ['whatever else is said', [says([ACCEPTED, RESOLVED, said('example.com/Warm', 'False', 'Cold')])]],
    [
      'when its parent is named with all defaults',
      [says([ACCEPTED, RESOLVED], { group: 'gateway.networking.k8s.io', kind: 'Gateway', ...PARENT })],
    ],
  ])('%s', (_when, parents) => {
    expect(acceptanceOf(routeObject(parents))).toMatchObject({ status: 'True', reason: 'Accepted' });
  });

  it('when a parent without a namespace is named with the route’s', () => {
    const route = routeObject([says([ACCEPTED, RESOLVED], { name: 'mine', namespace: 'default' })], [{ name: 'mine' }]);
    expect(acceptanceOf(route).status).toBe('True');
  });
});

describe('a route is refused', () => {
  it.each<[string, string, RouteParentStatus[]]>([
    ['ListenerMissing', 'for want of a listener', [says([refusal('NoMatchingParent'), RESOLVED])]],
    ['ListenerMissing', 'for its host name', [says([refusal('NoMatchingListenerHostname'), RESOLVED])]],
    ['RouteRefused', 'by a listener', [says([refusal('NotAllowedByListeners'), RESOLVED])]],
    ['RouteRefused', 'for a value', [says([refusal('UnsupportedValue')])]],
    ['HostnameConflict', 'by a controller that knows conflicts', [says([refusal('HostnameConflict'), RESOLVED])]],
    [
      'RouteRefused',
      'for what it leads to',
      [says([ACCEPTED, { ...refusal('BackendNotFound'), type: 'ResolvedRefs' }])],
    ],
    ['RouteRefused', 'by one of two controllers', [says([ACCEPTED, RESOLVED]), says([refusal('NotAllowed')])]],
  ])('%s %s, with the controller’s words', (reason, _why, parents) => {
    expect(acceptanceOf(routeObject(parents))).toMatchObject({
      status: 'False',
      reason,
      message: expect.stringContaining('the controller’s words'),
    });
  });
});

describe('a route waits', () => {
  it.each<[string, RouteParentStatus[]]>([
    ['until somebody speaks', []],
    ['until somebody speaks of its own parent', [says([ACCEPTED, RESOLVED], other)]],
    ['until somebody speaks of its own listener', [says([ACCEPTED, RESOLVED], { ...PARENT, sectionName: 'http' })]],
    ['until its present spec is looked at', [says([stale(ACCEPTED), RESOLVED])]],
    ['though it was refused before its last change', [says([stale(refusal('NoMatchingParent')), RESOLVED])]],
    ['until what it leads to is looked for', [says([ACCEPTED])]],
    ['while a controller says so', [says([said('Accepted', 'Unknown', 'Pending'), RESOLVED])]],
    ['while a controller refuses it as pending', [says([refusal('Pending'), RESOLVED])]],
  ])('%s', (_when, parents) => {
    expect(acceptanceOf(routeObject(parents))).toEqual({ status: 'Unknown', reason: 'Waiting', message: '' });
  });
});

it('is accepted only if every parent has all that it needs, whatever the order', () => {
  const verdict = fc.constantFrom('True' as const, 'False' as const, 'Unknown' as const);
  const parent = fc.record({ accepted: verdict, resolved: verdict });
  fc.assert(
    fc.property(fc.array(parent, { minLength: 1, maxLength: 4 }), (parents) => {
      const spoken = parents.map(({ accepted, resolved }) =>
        says([said('Accepted', accepted, 'X'), said('ResolvedRefs', resolved, 'X')]),
      );
      const all = parents.flatMap(({ accepted, resolved }) => [accepted, resolved]);
      const { status } = acceptanceOf(routeObject(spoken));
      expect(status === 'True').toBe(all.every((one) => one === 'True'));
      expect(status === 'False').toBe(all.includes('False'));
      expect(acceptanceOf(routeObject([...spoken].reverse())).status).toBe(status);
    }),
  );
});
