import { expect, it } from 'vitest';
import { shellPod } from './testing/shell-pod.js';
import { unenforcedFields } from './unenforced.js';

it('finds nothing in a Pod that asks for nothing', () => {
  expect(unenforcedFields(shellPod('p', '', { securityContext: {}, volumes: [{ name: 'v', emptyDir: {} }] }))).toEqual(
    [],
  );
});

it('names what the Pod or one of its containers asks for', () => {
  const pod = shellPod('p', '', {
    securityContext: { runAsNonRoot: true },
    hostNetwork: true,
    volumes: [{ name: 'v', emptyDir: { sizeLimit: '1Mi' } }],
    initContainers: [{ name: 'i', resources: { limits: { cpu: '1' } } }],
    containers: [
      {
        name: 'main',
        livenessProbe: { periodSeconds: 1 },
        volumeMounts: [{ name: 'v', mountPath: '/v', readOnly: true }],
      },
    ],
  });
  expect(unenforcedFields(pod)).toEqual([
    'securityContext',
    'hostNetwork',
    'emptyDir.sizeLimit',
    'containers.resources',
    'containers.livenessProbe',
    'containers.volumeMounts.readOnly',
  ]);
});
