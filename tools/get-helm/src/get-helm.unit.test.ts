import { describe, expect, it } from 'vitest';
import { checkIntegrity, helmPath, kubectlPath, packedFile } from './get-helm.js';

describe('kubectlPath and helmPath', () => {
  it('take what the environment names', async () => {
    const env = { KUBECTL: '/opt/kubectl', HELM: '/opt/helm' };
    expect(await kubectlPath(env)).toBe('/opt/kubectl');
    expect(await helmPath(env)).toBe('/opt/helm');
  });
});

describe('packedFile', () => {
  it.each(['aws-cdk-layer-2.2.2.tgz', '@aws-cdk/layer-2.2.2.tgz'])('of %s is the file on disk', (filename) => {
    expect(packedFile(JSON.stringify([{ filename }]))).toBe('aws-cdk-layer-2.2.2.tgz');
  });

  it('refuses an empty answer', () => expect(() => packedFile('[]')).toThrow(/nothing/));
});

describe('checkIntegrity', () => {
  it('refuses an archive that was changed', () => {
    const sum = 'sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==';
    expect(() => checkIntegrity(new Uint8Array(), sum)).not.toThrow();
    expect(() => checkIntegrity(Uint8Array.of(1), sum)).toThrow(/digest/);
  });
});
