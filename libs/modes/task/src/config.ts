import { z } from 'zod';

const amounts = z.record(z.string(), z.string());

/** The task plugin's configuration, from the operator's `plugins.yaml`. */
export const taskConfig = z.strictObject({
  agentImage: z.string().min(1).default('sympozium/agent-runner:0.1.0').describe('Image of the reference agent.'),
  requests: amounts
    .default({ cpu: '50m', memory: '64Mi' })
    .describe('What an agent’s container requests where neither run nor instance says.'),
  scratch: z.string().default('256Mi').describe('Largest size of an agent’s /tmp.'),
});

export type TaskConfig = z.infer<typeof taskConfig>;

/** `AgentRun.spec.params` of a task: any object, handed to the agent as it is. */
export const taskParams = z.record(z.string(), z.unknown());

export type TaskParams = z.infer<typeof taskParams>;
