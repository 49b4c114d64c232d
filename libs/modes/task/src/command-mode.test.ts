import { childName } from '@sympozium/api';
import { defineMode } from '@sympozium/plugin-sdk';
import { job, JOB, podTemplate } from '@sympozium/plugin-sdk/manifests';
import { z } from 'zod';

/** `mode: command` runs one command in a Pod; the run succeeds when the command does. */
export default defineMode({
  name: 'command',
  lifecycle: 'once',
  owns: [{ kind: JOB }],
  params: z.object({ command: z.array(z.string()).min(1) }),
  config: z.object({ image: z.string().default('busybox:1.37') }),
  create: ({ image }) => ({
    plan: ({ run, params }) => [
      {
        object: job(childName(run.metadata.name), {
          backoffLimit: 0,
          suspend: run.spec.cancel === true,
          template: podTemplate({ containers: [{ name: 'command', image, command: params.command }] }),
        }),
        stage: 'workload',
        onDrift: 'keep',
        mutable: ['/spec/suspend'],
      },
    ],
    observe: ({ run, children }) => {
      const { conditions = [], startTime } = children.of(JOB)[0]?.status ?? {};
      const isTrue = (type: string) => conditions.some((found) => found.type === type && found.status === 'True');
      if (isTrue('Complete'))
        return { state: 'succeeded', result: { finishReason: 'stop', content: { from: 'inline', text: '' } } };
      if (run.spec.cancel === true) return { state: 'failed', reason: 'Cancelled', message: 'The run was cancelled.' };
      if (isTrue('Failed'))
        return {
          state: 'failed',
          reason: 'AgentFailed',
          message: 'The command failed. Read its log with kubectl logs.',
        };
      return startTime === undefined ? { state: 'pending' } : { state: 'running', startedAt: startTime };
    },
  }),
});
