import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeProtobuf } from './decode-protobuf.js';
import { WireProblem } from './wire.js';

/** Objects as Go's serializers wrote them: in protobuf (base64), and in JSON. */
const WRITTEN = [
  [
    'azhzAAoMCgJ2MRIGU2VjcmV0EloKNQoBcxIAGgAiACoAMgA4AEIICIDy1soGEACKARkKAW0SABoAMgA6DAoKeyJmOmEiOnt9fUIAEgcKAWESAmJjEgUKAWUSABoGT3BhcXVlIgcKAXgSAsO8KAEaACIA',
    '{"kind":"Secret","apiVersion":"v1","metadata":{"name":"s","creationTimestamp":"2026-01-01T00:00:00Z","managedFields":[{"manager":"m","fieldsV1":{"f:a":{}}}]},"immutable":true,"data":{"a":"YmM=","e":""},"stringData":{"x":"ü"},"type":"Opaque"}',
  ],
  [
    'azhzAAoVCgdhcHBzL3YxEgpEZXBsb3ltZW50EvoBChsKAWQSABoAIgAqADIAOABCAFoICgNhcHASAWQSzAEIABIKCggKA2FwcBIBZBqgAQoQCgASABoAIgAqADIAOABCABKLAQoJCgF2EgQSAgoAEmAKAWMSAWkqADIKCgAQABhQIgAqADoFCgFFEgBCDxINCgNjcHUSBgoEMTAwbVIiChYSFAoCL3gSCggBEAAaBGh0dHAaACIAEAAYACAAKAAwAGoAcgCAAQCIAQCQAQCiAQAaACAAMgBCAEoAUgBYAGAAaACCAQCKAQCaAQDCAQAiFQoAEhESDwgAEP///////////wEaACgAOAAaDAgAEAAYACAAKAA4ABoAIgA=',
    '{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"d","labels":{"app":"d"}},"spec":{"replicas":0,"selector":{"matchLabels":{"app":"d"}},"template":{"metadata":{},"spec":{"volumes":[{"name":"v","emptyDir":{}}],"containers":[{"name":"c","image":"i","ports":[{"containerPort":80}],"env":[{"name":"E"}],"resources":{"requests":{"cpu":"100m"}},"livenessProbe":{"httpGet":{"path":"/x","port":"http"}}}],"terminationGracePeriodSeconds":0}},"strategy":{"rollingUpdate":{"maxSurge":-1}}},"status":{}}',
  ],
  [
    'azhzAAoyChdhdXRob3JpemF0aW9uLms4cy5pby92MRIXU2VsZlN1YmplY3RBY2Nlc3NSZXZpZXcSNQoQCgASABoAIgAqADIAOABCABIXChUKABIDZ2V0GgAiACoEcG9kczIAOgAaCAgAEgAaACAAGgAiAA==',
    '{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","metadata":{},"spec":{"resourceAttributes":{"verb":"get","resource":"pods"}},"status":{"allowed":false}}',
  ],
  [
    'azhzAAoVCglwb2xpY3kvdjESCEV2aWN0aW9uEhwKEQoBcBIAGgAiACoAMgA4AEIAEgcIACoDQWxsGgAiAA==',
    '{"kind":"Eviction","apiVersion":"policy/v1","metadata":{"name":"p"},"deleteOptions":{"gracePeriodSeconds":0,"dryRun":["All"]}}',
  ],
] as const;

describe('decodeProtobuf', () => {
  it.each(WRITTEN)('reads %s as what JSON says', (bytes, json) => {
    expect(decodeProtobuf(Buffer.from(bytes, 'base64'))).toEqual(JSON.parse(json));
  });

  it('says what is wrong with what it cannot read', () => {
    expect(() => decodeProtobuf(Buffer.from('xxxx'))).toThrow(
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    );
    const cut = Buffer.from(WRITTEN[0][0], 'base64').subarray(0, -3);
    expect(() => decodeProtobuf(cut)).toThrow('unexpected EOF');
    const unknown = Buffer.from('k8s\0\x0a\x07\x0a\x02v9\x12\x01X');
    expect(() => decodeProtobuf(unknown)).toThrow('no kind "X" is registered for version "v9"');
  });

  it('refuses or reads whatever bytes it gets, and goes wrong on none', () => {
    const whole = Buffer.from(WRITTEN[1][0], 'base64');
    const broken = fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, byte]) => {
      const copy = Buffer.from(whole);
      copy.writeUInt8(byte, at);
      return copy;
    });
    fc.assert(
      fc.property(
        fc.oneof(
          broken,
          fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        ),
        (bytes) => {
          try {
            decodeProtobuf(bytes);
          } catch (error) {
            expect(error instanceof WireProblem || error instanceof SyntaxError || error instanceof RangeError).toBe(
              true,
            );
          }
        },
      ),
    );
  });
});
