import { describe, expect, it } from 'vitest';
import type { ApiObject } from '../../api-object.js';
import { validateMetadata } from './metadata.js';
import { strategyOf } from './strategy-of.js';

const metadata = { name: 'a', namespace: 'default', uid: 'u' };
const context = {
  clock: { now: () => 0, after: () => ({ cancel: () => undefined }) },
  random: { float: () => 0, bytes: (length: number) => new Uint8Array(length) },
};

function job(): ApiObject {
  const containers = [{ name: 'c', image: 'busybox:1', resources: { limits: { cpu: '1' } } }];
  const spec = { template: { spec: { restartPolicy: 'Never', containers } } };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { ...metadata }, spec };
}

describe('strategyOf', () => {
  it('gives a Job its defaults and a selector by its uid', () => {
    const strategy = strategyOf('batch', 'Job');
    const object = job();
    strategy.default?.(object);
    strategy.prepareForCreate?.(object, context);
    expect(object['spec']).toMatchObject({
      backoffLimit: 6,
      completions: 1,
      parallelism: 1,
      podReplacementPolicy: 'TerminatingOrFailed',
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } },
      template: {
        metadata: { labels: { 'job-name': 'a', 'batch.kubernetes.io/controller-uid': 'u' } },
        spec: { terminationGracePeriodSeconds: 30, containers: [{ imagePullPolicy: 'IfNotPresent' }] },
      },
    });
    expect(strategy.validate?.(object)).toEqual([]);
  });

  it('refuses a change of the template in the real words', () => {
    const strategy = strategyOf('batch', 'Job');
    const [old, next] = [job(), job()];
    next['spec'] = { ...(next['spec'] as object), template: { spec: {} } };
    const errors = strategy.validateUpdate?.(next, old);
    expect(errors).toEqual([
      {
        type: 'FieldValueInvalid',
        field: 'spec.template',
        message: 'Invalid value: {"spec":{}}: field is immutable',
      },
    ]);
  });

  it('waits for a Pod only where it runs', () => {
    const pod: ApiObject = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { terminationGracePeriodSeconds: 7 } };
    const { gracePeriodSeconds } = strategyOf('', 'Pod');
    expect(gracePeriodSeconds?.(pod, undefined)).toBe(0);
    const bound = { ...pod, spec: { terminationGracePeriodSeconds: 7, nodeName: 'n' } };
    expect(gracePeriodSeconds?.(bound, undefined)).toBe(7);
    expect(gracePeriodSeconds?.(bound, 2)).toBe(2);
  });

  it('refuses loopback addresses in an EndpointSlice', () => {
    const slice = { apiVersion: 'v1', kind: 'EndpointSlice', metadata, addressType: 'IPv4' };
    const errors = strategyOf('discovery.k8s.io', 'EndpointSlice').validate?.({
      ...slice,
      endpoints: [{ addresses: ['127.0.0.1', '10.0.0.1'] }],
    });
    expect(errors?.map(({ field }) => field)).toEqual(['endpoints[0].addresses[0]']);
  });
});

describe('validateMetadata', () => {
  it('says what a name may be', () => {
    const resource = { group: '', kind: 'ConfigMap', namespaced: true };
    const [error] = validateMetadata(resource, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...metadata, name: 'A' },
    });
    expect(error?.message).toMatch(/^Invalid value: "A": a lowercase RFC 1123 subdomain must consist of/);
  });
});
