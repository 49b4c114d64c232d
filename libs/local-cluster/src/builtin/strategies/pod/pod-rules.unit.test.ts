import { describe, expect, it } from 'vitest';
import type { ApiObject } from '../../../api-object.js';
import { strategyOf } from '../strategy-of.js';

const strategy = strategyOf('', 'Pod');

function podOf(spec: object, container: object = {}): ApiObject {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'n' },
    spec: { containers: [{ name: 'c', image: 'a:1', ...container }], ...spec },
  };
  strategy.default?.(pod);
  return pod;
}

const errorsOf = (pod: ApiObject): string[] =>
  (strategy.validate?.(pod) ?? []).map(({ field, message }) => `${field}: ${message}`);

describe('rules of a Pod, in the words of the real server', () => {
  it('finds nothing wrong with a plain one', () => {
    expect(errorsOf(podOf({}))).toEqual([]);
  });

  it.each<[object, string]>([
    [
      { resources: { limits: { cpu: '1' }, requests: { cpu: '2' } } },
      'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    ],
    [
      { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.foo' } } }] },
      'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "metadata.foo": error converting ' +
        'fieldPath: field label not supported: metadata.foo',
    ],
    [{ volumeMounts: [{ name: 'v', mountPath: '/v' }] }, 'spec.containers[0].volumeMounts[0].name: Not found: "v"'],
    [{ livenessProbe: {} }, 'spec.containers[0].livenessProbe: Required value: must specify a handler type'],
    [
      { lifecycle: { preStop: { sleep: { seconds: 40 } } } },
      'spec.containers[0].lifecycle.preStop.sleep: Invalid value: 40: must be non-negative and less than ' +
        'terminationGracePeriodSeconds (30)',
    ],
    [
      { securityContext: { procMount: 'Unmasked' } },
      'spec.containers[0].securityContext.procMount: Invalid value: "Unmasked": `hostUsers` must be false to use ' +
        '`Unmasked`',
    ],
  ])('refuses a container with %j', (container, error) => {
    expect(errorsOf(podOf({}, container))).toEqual([error]);
  });

  it.each<[object, string]>([
    [
      { volumes: [{ name: 'v', emptyDir: {}, secret: { secretName: 's' } }] },
      'spec.volumes[0].secret: Forbidden: may not specify more than 1 volume type',
    ],
    [
      { tolerations: [{ key: 'a', operator: 'Exists', value: 'x' }] },
      'spec.tolerations[0].operator: Invalid value: "x": value must be empty when `operator` is \'Exists\'',
    ],
    [
      { restartPolicy: 'Foo' },
      'spec.restartPolicy: Unsupported value: "Foo": supported values: "Always", "OnFailure", "Never"',
    ],
    [{ dnsPolicy: 'None' }, 'spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None'],
  ])('refuses a spec with %j', (spec, error) => {
    expect(errorsOf(podOf(spec))).toEqual([error]);
  });

  it('writes quantities as the real server does', () => {
    const { containers } = podOf({}, { resources: { limits: { cpu: '0.5', memory: '1024Mi' } } })['spec'] as never;
    expect(containers).toMatchObject([{ resources: { limits: { cpu: '500m', memory: '1Gi' } } }]);
  });
});
