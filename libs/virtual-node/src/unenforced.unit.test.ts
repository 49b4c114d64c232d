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
    readinessGates: [{ conditionType: 'example.com/fed' }],
    volumes: [{ name: 'v', emptyDir: { sizeLimit: '1Mi' } }],
    initContainers: [{ name: 'i', resources: { limits: { cpu: '1' } } }],
    containers: [
      {
        name: 'main',
        livenessProbe: { periodSeconds: 1 },
        lifecycle: { stopSignal: 'SIGINT' },
        ports: [{ containerPort: 80, hostPort: 80 }],
        volumeMounts: [{ name: 'v', mountPath: '/v', readOnly: true }],
      },
    ],
  });
  expect(unenforcedFields(pod)).toEqual([
    'securityContext',
    'hostNetwork',
    'readinessGates',
    'emptyDir.sizeLimit',
    'containers.resources',
    'containers.lifecycle.stopSignal',
    'containers.ports.hostPort',
    'containers.volumeMounts.readOnly',
  ]);
});
