import { describeMode, runView } from '@sympozium/plugin-sdk/testing';
import {
  agentError,
  cancelledMessage,
  deletedAt,
  envelope,
  jobObject,
  jobSaying,
  MEANWHILE,
  podObject,
  running,
  terminated,
  viewOf,
  waiting,
} from './cluster-objects.test.js';
import { taskMode } from './mode.js';

const KEY = 'sk-1234567890abcdef';
const model = {
  provider: 'openai',
  name: 'small',
  authSecretRef: { name: 'openai', key: 'api-key' },
  caBundleRef: { name: 'corporate', key: 'ca.crt' },
  proxy: 'http://proxy:3128',
};
const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'openai' }, stringData: { 'api-key': KEY } };
const pod = (status: ReturnType<typeof running>, metadata = {}) => podObject({ status, metadata });
const cancel = { spec: { cancel: true } };

describeMode(taskMode, {
  secrets: [KEY],
  views: {
    fresh: viewOf(undefined),
    'with a model and its key': runView({ instance: { spec: { model } }, related: [secret] }),
    'with an agent of its own': runView({ instance: { spec: { agent: { image: 'mine:1', command: ['run'] } } } }),
    'with a stream': viewOf(undefined, [], { spec: { stream: { url: 'http://10.0.0.1:8081/runs/hello' } } }),
    'with an input for a ConfigMap': viewOf(undefined, [], { spec: { task: 'é'.repeat(150_000) } }),
    'with too large an input': viewOf(undefined, [], { spec: { task: 'x'.repeat(1024 * 1024) } }),
    made: viewOf(jobObject()),
    waiting: viewOf(jobObject({ active: 1 }), [
      pod(waiting('CreateContainerConfigError', 'secret "openai" not found')),
    ]),
    running: viewOf(jobObject({ active: 1 }), [pod(running())]),
    answered: viewOf(jobObject({ active: 1 }), [pod(terminated(0, envelope()))]),
    'answered in the log': viewOf(jobObject(), [pod(terminated(0, envelope({ text: 'x'.repeat(5000) })))]),
    'answered with a bad exit code': viewOf(jobObject(), [pod(terminated(1, envelope()))]),
    failed: viewOf(jobObject({ failed: 1 }), [pod(terminated(1, agentError()))]),
    'failed, with one more attempt': viewOf(jobObject({ failed: 1 }), [pod(terminated(1))], {
      spec: { retry: { limit: 1 } },
    }),
    'two attempts of one second': viewOf(
      jobObject({ failed: 1, active: 1 }),
      [pod(terminated(1)), podObject({ status: running(), metadata: { name: 'hello-0' } })],
      { spec: { retry: { limit: 1 } } },
    ),
    'past its deadline': viewOf(jobSaying('FailureTarget', 'DeadlineExceeded'), [pod(running(), deletedAt(MEANWHILE))]),
    'cancelled before it was made': viewOf(undefined, [], cancel),
    'cancelled at work': viewOf(jobObject({ active: 1 }), [pod(running())], cancel),
    cancelled: viewOf(jobObject({}, true), [pod(terminated(0, cancelledMessage()), deletedAt(MEANWHILE))], cancel),
    lost: viewOf(undefined, [], { status: { startedAt: '2026-01-02T03:04:07Z' } }),
  },
});
