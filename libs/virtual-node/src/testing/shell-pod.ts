import type { Pod } from '../pod.js';

export const NODE_NAME = 'test-node';

/** A Pod of one container `main` that runs a shell script. */
export const shellPod = (name: string, script: string, spec: Partial<Pod['spec']> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: {
    nodeName: NODE_NAME,
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 5,
    containers: [{ name: 'main', image: 'local/sh', args: [script] }],
    ...spec,
  },
});
