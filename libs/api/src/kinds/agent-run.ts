import { z } from 'zod';
import { conditions, observedGeneration } from './condition.js';
import { generation, MAX_TEXT, message, tool, toolCall, toolChoice } from './conversation.js';
import type { Kind, KubeObject } from './kube-object.js';
import { podTemplate } from './pod-template.js';
import { AGENT_RUN_SPEC_RULES } from './rules.js';
import { anyObject, API_VERSION, cel, dnsLabel, duration, httpUrl, objectRef, timeLimit } from './schema.js';

/** A SkillPack that a run or an instance uses, with the pack's parameters. */
export const skillUse = z.object({
  skillPackRef: objectRef.describe('The SkillPack.'),
  params: anyObject.optional().describe('Values for the pack’s own parameter schema.'),
});

export const agentRunSpec = z
  .object({
    instanceRef: objectRef.describe('The SympoziumInstance this run belongs to, in the same namespace.').meta(
      cel({
        rule: 'self == oldSelf',
        message: 'a run stays with its instance; create a new run',
        reason: 'FieldValueForbidden',
      }),
    ),
    mode: dnsLabel(32)
      .optional()
      .describe('task, server or a plugin’s mode. Absent: decided once and recorded in status.mode.'),
    task: z.string().min(1).max(MAX_TEXT).optional().describe('What the agent shall do. Either this or messages.'),
    messages: z
      .array(message)
      .min(1)
      .max(4096)
      .optional()
      .describe('The whole conversation, in OpenAI’s own names. Either this or task.'),
    systemPrompt: z.string().max(MAX_TEXT).optional().describe('Replaces the instance’s system prompt.'),
    model: z.string().min(1).max(256).optional().describe('Model name; overrides the instance’s.'),
    generation: generation.optional().describe('Sampling and output parameters; absent ones are left to the model.'),
    tools: z.array(tool).max(128).optional().describe('Functions of the caller; the run ends with tool_calls.'),
    toolChoice: toolChoice.optional().describe('How the model may use the tools.'),
    skills: z.array(skillUse).max(32).optional().describe('SkillPacks of this run, beside its instance’s.'),
    timeout: timeLimit.default('10m').describe('From the Job’s start, image pull included.'),
    retry: z
      .object({ limit: z.int32().min(0).max(10).default(0).describe('Further Pods after a failed one.') })
      .default({ limit: 0 })
      .describe('How often a failed Pod is tried again.'),
    cancel: z.boolean().optional().describe('Ends the run. One way: never set back.'),
    ttlAfterFinished: duration.default('1h').describe('How long a finished run is kept.'),
    ttlAfterFailure: duration.optional().describe('The same for a failed run; absent: ttlAfterFinished.'),
    stream: z
      .object({ url: httpUrl.describe('Address of this run’s stream.') })
      .optional()
      .describe('Where a waiting proxy takes the agent’s frames.'),
    podTemplate: podTemplate.optional(),
    params: anyObject.optional().describe('The mode plugin’s own parameters, checked by its schema.'),
  })
  .meta(cel(...AGENT_RUN_SPEC_RULES));

export const usage = z.object({
  inputTokens: z.int().min(0).describe('Tokens that the model read.'),
  outputTokens: z.int().min(0).describe('Tokens that the model wrote.'),
  totalTokens: z.int().min(0).describe('Both together, as the provider counts.'),
  toolCalls: z.int().min(0).optional().describe('Tools that the agent called.'),
});

export const phase = z.enum(['Pending', 'Running', 'Serving', 'Succeeded', 'Failed']);

export const runResult = z.object({
  text: z.string().max(MAX_TEXT).optional().describe('The answer, inline up to 32 KiB.'),
  finishReason: z.string().max(64).describe('stop, length, tool_calls or content_filter.'),
  toolCalls: z
    .array(toolCall)
    .max(256)
    .optional()
    .describe('Calls of the caller’s functions, when it ended with them.'),
  ref: objectRef.optional().describe('ConfigMap with the answer when it is larger (binaryData.result).'),
});

const child = z.object({
  apiVersion: z.string().max(317).describe('API version of the object.'),
  kind: z.string().max(63).describe('Kind of the object.'),
  name: z.string().max(253).describe('Name of the object.'),
  uid: z.string().max(64).describe('Uid of the object: another of the same name is not this run’s.'),
});

export const agentRunStatus = z.object({
  observedGeneration,
  phase: phase
    .default('Pending')
    .describe('Where the run stands. Succeeded and Failed are final.')
    .meta(
      cel({
        rule: "!(oldSelf in ['Succeeded', 'Failed']) || self == oldSelf",
        message: 'Succeeded and Failed are final; create a new run',
        reason: 'FieldValueForbidden',
      }),
    ),
  mode: z.string().max(32).optional().describe('The mode that was decided.'),
  reason: z.string().max(1024).optional().describe('Why the run waits or failed, a row of the table of errors.'),
  message: z.string().max(32_768).optional().describe('The same for people, with what to do next.'),
  conditions,
  startedAt: z.iso.datetime().optional().describe('RFC 3339, when the agent began to work.'),
  completedAt: z.iso.datetime().optional().describe('RFC 3339, when the run ended.'),
  children: z.array(child).max(32).optional().describe('Objects that were made for the run.'),
  endpoint: z
    .object({
      url: z.string().max(2048).optional().describe('Address of the endpoint.'),
      hostname: z.string().max(253).optional().describe('Public host name, while a route leads from it.'),
      apiKeySecretName: z.string().max(253).optional().describe('Secret with the endpoint’s API keys.'),
    })
    .optional()
    .describe('Where a server run is called.'),
  result: runResult.optional().describe('The answer of a run that succeeded.'),
  resultPreview: z.string().max(256).optional().describe('One line of the answer, at most 60 characters.'),
  usage: usage.optional().describe('What the run used.'),
  attempts: z.int().min(0).optional().describe('Pods that were started.'),
  exitCode: z.int32().optional().describe('Exit code of the agent.'),
  error: z
    .object({
      code: z.string().max(64).describe('A row of the table of errors.'),
      message: z.string().max(32_768).describe('What went wrong.'),
    })
    .optional()
    .describe('Why the run failed, as the agent or the operator put it.'),
});

export type AgentRunSpec = z.infer<typeof agentRunSpec>;
/** A spec as a user writes it: what has a default may be absent. */
export type AgentRunSpecInput = z.input<typeof agentRunSpec>;
export type AgentRunStatus = z.infer<typeof agentRunStatus>;
export type RunResult = z.infer<typeof runResult>;
export type Usage = z.infer<typeof usage>;
export type Phase = z.infer<typeof phase>;
export type SkillUse = z.infer<typeof skillUse>;

/** One run of an agent. Defaults are filled in by the API server, so `status.phase` is always there. */
export interface AgentRun extends KubeObject {
  spec: AgentRunSpec;
  status: AgentRunStatus;
}

export const AGENT_RUN: Kind<AgentRun> = {
  apiVersion: API_VERSION,
  kind: 'AgentRun',
  plural: 'agentruns',
  namespaced: true,
};
