import { childName, durationMs } from '@sympozium/api';
import type { Desired, RunView } from '@sympozium/plugin-sdk';
import { binaryConfigMap, CONFIG_MAP, job } from '@sympozium/plugin-sdk/manifests';
import { agentPod } from './agent-pod.js';
import type { TaskConfig, TaskParams } from './config.js';
import { encodeInput, inputEntries, type EncodedInput } from './input.js';
import { jobHistory } from './job-history.js';

/** The API server's own limit for seconds in a Pod. */
const MAX_SECONDS = 2_147_483_647;

/** One Job, ever; and the ConfigMap with its input when the Pod's annotation cannot take it. */
export function planTask(view: RunView<TaskParams>, config: TaskConfig): readonly Desired[] {
  const { job: existing, made } = jobHistory(view);
  if (view.run.spec.cancel === true && !made) return [];
  const input = encodeInput(view);
  if (input.road === 'too-large' && !made) return [];
  const inputMap = needsInputMap(view, input) ? [plannedInput(view, input)] : [];
  // A Job that was there and is gone is not made again: a task runs once.
  return made && !existing ? inputMap : [...inputMap, plannedJob(view, config, input)];
}

const inputName = (view: RunView<TaskParams>): string => childName(view.run.metadata.name, 'input');

/** One that exists stays: its Job was made with it, whatever the instance says meanwhile. */
const needsInputMap = (view: RunView<TaskParams>, input: EncodedInput): boolean =>
  input.road === 'config-map' || view.children.of(CONFIG_MAP).some((map) => map.metadata.name === inputName(view));

const plannedInput = (view: RunView<TaskParams>, input: EncodedInput): Desired => ({
  object: binaryConfigMap(inputName(view), inputEntries(input.text)),
  // Made before the Job, whose Pod mounts it.
  stage: 'credential',
  onDrift: 'keep',
});

function plannedJob(view: RunView<TaskParams>, config: TaskConfig, input: EncodedInput): Desired {
  const { run, instance } = view;
  const { retry, timeout, cancel } = run.spec;
  return {
    object: job(childName(run.metadata.name), {
      // Stops the Pod with SIGTERM and leaves it, and its termination message, to be seen.
      suspend: cancel === true,
      backoffLimit: retry.limit,
      activeDeadlineSeconds: seconds(durationMs(timeout)),
      podReplacementPolicy: 'Failed',
      podFailurePolicy: {
        rules: [{ action: 'FailJob', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
      },
      template: agentPod({ run, instance, config, input, inputConfigMap: inputName(view) }),
    }),
    stage: 'workload',
    onDrift: 'keep',
    mutable: ['/spec/suspend'],
  };
}

const seconds = (ms: number): number => Math.min(Math.max(Math.ceil(ms / 1000), 1), MAX_SECONDS);
