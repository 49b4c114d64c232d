import { childName, durationMs } from '@sympozium/api';
import type { Desired, RunView } from '@sympozium/plugin-sdk';
import { binaryConfigMap, CONFIG_MAP, job, type Job, type Pod } from '@sympozium/plugin-sdk/manifests';
import { agentPod } from './agent-pod.js';
import { readAttempt } from './attempt.js';
import type { TaskConfig, TaskParams } from './config.js';
import { jobOf, podsOf, wasMade } from './facts.js';
import { encodeInput, inputEntries, type EncodedInput } from './input.js';

/** One Job, ever; and the ConfigMap with its input when the Pod's annotation cannot take it. */
export function planTask(view: RunView<TaskParams>, config: TaskConfig): readonly Desired[] {
  const made = wasMade(view);
  if (view.run.spec.cancel === true && !made) return [];
  const input = encodeInput(view);
  if (input.road === 'too-large' && !made) return [];
  const inputMap = needsInputMap(view, input) ? [plannedInput(view, input)] : [];
  // A Job that was there and is gone is not made again: a task runs once.
  return made && !jobOf(view) ? inputMap : [...inputMap, plannedJob(view, config, input)];
}

const inputName = (view: RunView<TaskParams>): string => childName(view.run.metadata.name, 'input');

/** What the Job was made with decides; an instance that was edited meanwhile changes nothing. */
function needsInputMap(view: RunView<TaskParams>, input: EncodedInput): boolean {
  const job = jobOf(view);
  if (job) return mounts(job, inputName(view));
  const exists = view.children.of(CONFIG_MAP).some(({ metadata }) => metadata.name === inputName(view));
  return exists || (input.road === 'config-map' && !wasMade(view));
}

const mounts = (job: Job, configMap: string): boolean =>
  (job.spec.template.spec?.volumes ?? [])
    .flatMap(({ projected }) => projected?.sources ?? [])
    .some((source) => source.configMap?.name === configMap);

const plannedInput = (view: RunView<TaskParams>, input: EncodedInput): Desired => ({
  object: binaryConfigMap(inputName(view), inputEntries(input.text)),
  // Made before the Job, whose Pod mounts it.
  stage: 'credential',
  onDrift: 'keep',
});

function plannedJob(view: RunView<TaskParams>, config: TaskConfig, input: EncodedInput): Desired {
  const { run, instance, skills } = view;
  const { retry, timeout } = run.spec;
  return {
    object: job(childName(run.metadata.name), {
      // Stops the Pod with SIGTERM and leaves it, and its termination message, to be seen.
      suspend: run.spec.cancel === true || podsOf(view).some(failedWithAnswer),
      backoffLimit: retry.limit,
      activeDeadlineSeconds: Math.ceil(durationMs(timeout) / 1000),
      podReplacementPolicy: 'Failed',
      podFailurePolicy: {
        rules: [{ action: disruption(retry.limit), onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
      },
      template: agentPod({ run, instance, skills, config, input, inputConfigMap: inputName(view) }),
    }),
    stage: 'workload',
    onDrift: 'keep',
    mutable: ['/spec/suspend'],
  };
}

/** Who allowed no retry gets none; to others a disruption is one failed attempt. Never `Ignore`: a task runs once. */
const disruption = (retries: number) => (retries > 0 ? 'Count' : 'FailJob');

/** The Job would try again what has answered, because its exit code says failure. */
function failedWithAnswer(pod: Pod): boolean {
  const { end } = readAttempt(pod);
  return end?.envelope?.status === 'ok' && end.exitCode !== 0;
}
