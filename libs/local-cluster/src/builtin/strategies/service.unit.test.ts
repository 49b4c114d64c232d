import { describe, expect, it } from 'vitest';
import type { ApiObject } from '../../api-object.js';
import { FakeClock, seededRandom } from '@sympozium/process/testing';
import { serviceStrategy as strategy } from './service.js';
import { familiesOf } from './service-family-rules.js';

const context = { clock: new FakeClock(), random: seededRandom(1) };
const ADDRESSED = {
  clusterIP: '127.96.1.1',
  clusterIPs: ['127.96.1.1'],
  ipFamilies: ['IPv4'],
  ipFamilyPolicy: 'SingleStack',
};
const BARE = { clusterIP: 'None', selector: null };

const service = (spec: object): ApiObject => ({
  ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 's', namespace: 'default' } },
  spec: { type: 'ClusterIP', selector: { app: 's' }, ports: [{ port: 80 }], ...spec },
});

/** What an update makes of a Service that has an address; or why it is refused. */
function updated(spec: object): unknown {
  const [old, next] = [service(ADDRESSED), service(spec)];
  for (const object of [old, next]) strategy.default?.(object);
  try {
    strategy.prepareForUpdate?.(next, old, context);
  } catch (error) {
    return (error as Error).message.replace('Service "s" is invalid: ', '');
  }
  const errors = strategy.validateUpdate?.(next, old) ?? [];
  if (errors.length > 0) return errors.map(({ field, message }) => `${field}: ${message}`).join();
  return (next['spec'] as { clusterIPs?: unknown }).clusterIPs;
}

describe('the address of a Service', () => {
  it.each<[string, object, unknown]>([
    ['is kept by who leaves it out', {}, ['127.96.1.1']],
    ['is kept by who empties it', { clusterIP: '', clusterIPs: [] }, ['127.96.1.1']],
    [
      'stays, whoever changes it alone',
      { clusterIP: '127.96.2.2' },
      'spec.clusterIPs[0]: Invalid value: ["127.96.2.2"]: may not change once set',
    ],
    [
      'is the first of its list, which is not changed alone',
      { clusterIPs: ['127.96.2.2'] },
      'spec.clusterIPs: Invalid value: ["127.96.2.2"]: first value must match `clusterIP`',
    ],
    [
      'has to be one, before anything else is said of it',
      { clusterIP: 'bad', ports: [] },
      'spec.clusterIPs[0]: Invalid value: "bad": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
    [
      'has no second family',
      { clusterIPs: ['127.96.1.1', 'fd00::1'], ipFamilyPolicy: 'PreferDualStack' },
      'spec.clusterIPs[1]: Invalid value: ["127.96.1.1","fd00::1"]: IPv6 is not configured on this cluster',
    ],
    [
      'is of one family where its policy says so',
      { ipFamilies: ['IPv4', 'IPv6'] },
      "spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when " +
        'multiple IP families are specified',
    ],
    [
      'cannot be of two that are required',
      { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv4', 'IPv6'] },
      '[spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack ' +
        'services, spec.ipFamilies[1]: Invalid value: "IPv6": not configured on this cluster]',
    ],
    ['goes with its type', { type: 'ExternalName', externalName: 'example.com', ...ADDRESSED }, undefined],
  ])('%s', (_, spec, result) => {
    expect(updated(spec)).toEqual(result);
  });
});

it.each<[string, object, string[], string]>([
  ['of one family', {}, ['IPv4'], 'SingleStack'],
  ['of one, but it would take two', { ipFamilyPolicy: 'PreferDualStack' }, ['IPv4'], 'PreferDualStack'],
  ['of both without address and selector', BARE, ['IPv4', 'IPv6'], 'RequireDualStack'],
  ['of both in its own order', { ...BARE, ipFamilies: ['IPv6'] }, ['IPv6', 'IPv4'], 'RequireDualStack'],
  ['of one even then, where it says so', { ...BARE, ipFamilyPolicy: 'SingleStack' }, ['IPv4'], 'SingleStack'],
])('a new Service is %s', (_, spec, ipFamilies, ipFamilyPolicy) => {
  expect(familiesOf({ selector: { app: 's' }, ...spec })).toEqual({ ipFamilies, ipFamilyPolicy });
});
