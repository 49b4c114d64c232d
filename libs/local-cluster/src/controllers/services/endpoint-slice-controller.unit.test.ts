import { expect, it } from 'vitest';
import { SERVICE } from '../shared/kinds.js';
import { POD } from '../shared/pod.js';
import { startTestControllers } from '../testing/test-controllers.js';
import { ENDPOINT_SLICE } from './endpoint-slices.js';

it('keeps a slice of a Service as its Pods are', async () => {
  const { client, create, setStatus, stop } = await startTestControllers();
  const ports = [{ port: 80, targetPort: 'web' }];
  await create(SERVICE, {
    metadata: { name: 's', namespace: 'default' },
    spec: { clusterIP: '127.96.0.9', selector: { a: 'b' }, ports },
  });
  const slice = () => client.server.objects(ENDPOINT_SLICE, 'default');
  expect(slice()).toMatchObject([{ ports: [], endpoints: [], addressType: 'IPv4' }]);
  const pod = await create(POD, {
    metadata: { name: 'p', namespace: 'default', labels: { a: 'b' } },
    spec: { nodeName: 'n', containers: [{ name: 'c', ports: [{ name: 'web', containerPort: 8080 }] }] },
  });
  await setStatus(pod, { phase: 'Running', podIP: '10.127.0.2', conditions: [{ type: 'Ready', status: 'True' }] });
  expect(slice()).toMatchObject([
    {
      metadata: {
        labels: {
          'kubernetes.io/service-name': 's',
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        },
      },
      ports: [{ name: '', port: 8080, protocol: 'TCP' }],
      endpoints: [
        {
          addresses: ['10.127.0.2'],
          conditions: { ready: true, serving: true, terminating: false },
          nodeName: 'n',
          targetRef: { kind: 'Pod', namespace: 'default', name: 'p', uid: pod.metadata.uid },
        },
      ],
    },
  ]);
  await client.delete(POD, { namespace: 'default', name: 'p' });
  await setStatus(pod, { conditions: [{ type: 'Ready', status: 'False' }] });
  expect(slice()[0]?.endpoints?.[0]?.conditions).toEqual({ ready: false, serving: false, terminating: true });
  await stop();
});
