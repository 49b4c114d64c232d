import { describeMode } from '@sympozium/plugin-sdk/testing';
import {
  deploymentObject,
  exceeded,
  keyObject,
  lacking,
  podObject,
  running,
  RUN,
  said,
  serverView,
  serving,
  skill,
  sliceObject,
  unscheduledPod,
  waiting,
} from './cluster-objects.test.js';
import { serverMode } from './mode.js';

const KEY = 'sk-1234567890abcdef';
const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'ours' }, stringData: { 'api-key': KEY } };
const ours = { authSecretRef: { name: 'ours' } };
const served = { ...RUN, status: { phase: 'Serving' as const } };

describeMode(serverMode, {
  secrets: [KEY],
  views: {
    fresh: serverView(),
    'with a Secret of the user': serverView({ endpoint: ours, related: [secret] }),
    'with a Secret of the user after a generated one': serverView({ ...serving, endpoint: ours }),
    'with three Pods': serverView({ endpoint: { replicas: 3 } }),
    'with no Pod': serverView({ endpoint: { replicas: 0 }, children: [deploymentObject({}, 0)] }),
    'with everything that a pack may say': serverView({
      skills: [
        skill('bridge', {
          command: ['bridge'],
          env: [{ name: 'MODE', value: 'fast' }],
          ports: [{ name: 'http', containerPort: 3000 }],
          probes: { startup: { tcpSocket: { port: 'http' } }, liveness: { httpGet: { path: '/', port: 'http' } } },
          resources: { limits: { memory: '1Gi' } },
        }),
      ],
    }),
    'without a server': serverView({ skills: [] }),
    'without a server any more': serverView({ ...serving, skills: [skill('house-style')], run: served }),
    'with two servers': serverView({ ...serving, skills: [skill('bridge', {}), skill('other', {})] }),
    serving: serverView({ ...serving, run: served }),
    'with its key rotated': serverView({
      ...serving,
      instance: { metadata: { annotations: { 'sympozium.ai/key-epoch': '2' } } },
    }),
    'on its way': serverView({
      children: [deploymentObject({ conditions: [lacking] })],
      related: [podObject(running)],
    }),
    unscheduled: serverView({ children: [deploymentObject({ conditions: [] })], related: [unscheduledPod()] }),
    crashing: serverView({
      children: [deploymentObject({ conditions: [lacking] }), keyObject()],
      related: [podObject({ ...waiting('CrashLoopBackOff'), restartCount: 3 })],
    }),
    'over its quota': serverView({
      children: [deploymentObject({ conditions: [said('ReplicaFailure', 'True', 'FailedCreate', 'exceeded quota')] })],
    }),
    'two Pods in trouble': serverView({
      children: [deploymentObject({ conditions: [lacking] })],
      related: [
        podObject(waiting('ImagePullBackOff', 'denied'), { name: 'demo-server-2' }),
        podObject({ ...waiting('CrashLoopBackOff'), restartCount: 3 }),
      ],
    }),
    'without the user’s Secret': serverView({
      endpoint: ours,
      children: [deploymentObject({ conditions: [lacking, exceeded] })],
      related: [podObject(waiting('ContainerCreating'))],
    }),
    'lost after it served': serverView({ run: served }),
    unreachable: serverView({ ...serving, run: served, related: [sliceObject([])] }),
  },
});
