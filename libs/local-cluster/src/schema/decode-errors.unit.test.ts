import { describe, expect, it } from 'vitest';
import { customSchema } from '../crd/custom-schema.js';
import { decodeCustomErrors, decodeErrors } from './decode-errors.js';
import type { Schema } from './schema.js';

const text: Schema = { type: 'string' };
const schema: Schema = {
  type: 'object',
  'x-go-type': 'v1.Job',
  properties: {
    spec: {
      type: 'object',
      'x-go-type': 'v1.JobSpec',
      properties: {
        parallelism: { type: 'integer', format: 'int32' },
        suspend: { type: 'boolean' },
        labels: { type: 'object', additionalProperties: text },
        at: { type: 'string', format: 'date-time' },
        micro: { type: 'string', format: 'date-time', 'x-go-type': 'v1.MicroTime' },
        probe: {
          type: 'object',
          'x-go-type': 'v1.Probe',
          properties: {
            httpGet: {
              type: 'object',
              'x-go-type': 'v1.HTTPGetAction',
              properties: { port: { 'x-kubernetes-int-or-string': true } },
            },
          },
        },
        bytes: { type: 'string', format: 'byte' },
        port: { 'x-kubernetes-int-or-string': true },
        cpu: { type: 'string', format: 'quantity' },
        containers: {
          type: 'array',
          items: { type: 'object', 'x-go-type': 'v1.Container', properties: { name: text } },
        },
      },
    },
  },
};

describe('decodeErrors', () => {
  it.each([
    [{ parallelism: 'a' }, 'json: cannot unmarshal string into Go struct field JobSpec.spec.parallelism of type int32'],
    [
      { parallelism: 1.5 },
      'json: cannot unmarshal number 1.5 into Go struct field JobSpec.spec.parallelism of type int32',
    ],
    [{ suspend: 'x' }, 'json: cannot unmarshal string into Go struct field JobSpec.spec.suspend of type bool'],
    [{ labels: { a: 1 } }, 'json: cannot unmarshal number into Go struct field JobSpec.spec.labels of type string'],
    [{ labels: [] }, 'json: cannot unmarshal array into Go struct field JobSpec.spec.labels of type map[string]string'],
    [
      { containers: {} },
      'json: cannot unmarshal object into Go struct field JobSpec.spec.containers of type []v1.Container',
    ],
    [
      { containers: [{ name: 'a' }, { name: 1 }] },
      'json: cannot unmarshal number into Go struct field Container.spec.containers.name of type string',
    ],
    [{ at: 'x' }, 'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"'],
    [{ at: 5 }, 'json: cannot unmarshal number into Go struct field JobSpec.spec.at of type string'],
    [{ at: '2020-13-01T00:00:00Z' }, 'parsing time "2020-13-01T00:00:00Z": month out of range'],
    [{ at: '2020-02-30T00:00:00Z' }, 'parsing time "2020-02-30T00:00:00Z": day out of range'],
    [
      { micro: '2020-01-01T00:00:00Z' },
      'parsing time "2020-01-01T00:00:00Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "Z" as ".000000"',
    ],
    [{ bytes: '!' }, 'illegal base64 data at input byte 0'],
    [{ bytes: 'YQ===' }, 'illegal base64 data at input byte 4'],
    [{ bytes: 5 }, 'json: cannot unmarshal number into Go struct field JobSpec.spec.bytes of type []uint8'],
    [
      { probe: { httpGet: { port: 1.5 } } },
      'json: cannot unmarshal number 1.5 into Go struct field HTTPGetAction.spec.probe.ProbeHandler.httpGet.port of type int32',
    ],
    [
      { containers: ['x'] },
      'json: cannot unmarshal string into Go struct field JobSpec.spec.containers of type v1.Container',
    ],
    [{ cpu: 'lots' }, "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
    [{ port: true }, 'json: cannot unmarshal bool into Go struct field JobSpec.spec.port of type int32'],
  ])('of %j: %s', (spec, error) => {
    expect(decodeErrors(schema, { spec })).toBe(error);
  });

  it('takes what Go takes', () => {
    const spec = {
      parallelism: 3,
      suspend: null,
      labels: { a: 'b', c: null },
      at: '2020-01-01T00:00:00Z',
      micro: '2020-01-01T00:00:00.000001Z',
      bytes: 'aGk=',
      port: 'http',
      cpu: 5,
      containers: [{ name: 'a' }],
    };
    expect(decodeErrors(schema, { spec })).toBeUndefined();
    expect(decodeErrors(schema, { spec: { cpu: '1.5Gi', port: 80 } })).toBeUndefined();
  });
});

describe('decodeCustomErrors', () => {
  const custom = customSchema({
    type: 'object',
    properties: {
      spec: { type: 'object', properties: { o: { type: 'object', 'x-kubernetes-embedded-resource': true } } },
    },
  });

  it('looks at metadata and embedded objects alone', () => {
    expect(decodeCustomErrors(custom, { metadata: { name: 'a' }, spec: 'x' })).toBeUndefined();
    expect(decodeCustomErrors(custom, { metadata: { labels: { a: 1 } } })).toBe(
      'json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string',
    );
    expect(decodeCustomErrors(custom, { metadata: {}, spec: { o: { apiVersion: 1 } } })).toBe(
      'spec.o.apiVersion: Invalid value: 1: must be a string',
    );
  });
});
