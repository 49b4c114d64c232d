import { z } from 'zod';
import { condition } from './condition.js';
import { generation, MAX_TEXT, message, tool, toolCall, toolChoice } from './conversation.js';
import type { Kind, KubeObject } from './kube-object.js';
import { podTemplate } from './pod-template.js';
import { anyObject, API_VERSION, dnsLabel, duration, objectRef } from './schema.js';

/** A SkillPack that a run or an instance uses, with the pack's parameters. */
export const skillUse = z.object({
  skillPackRef: objectRef,
  params: anyObject.optional().describe('Values for the pack’s own parameter schema.'),
});

export const agentRunSpec = z.object({
  instanceRef: objectRef.describe('The SympoziumInstance this run belongs to, in the same namespace.'),
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
  generation: generation.optional(),
  tools: z.array(tool).max(128).optional().describe('Functions of the caller; the run ends with tool_calls.'),
  toolChoice: toolChoice.optional(),
  skills: z.array(skillUse).max(32).optional(),
  timeout: duration.default('10m').describe('From the Job’s start, image pull included.'),
  retry: z
    .object({ limit: z.int32().min(0).max(10).default(0) })
    .default({ limit: 0 })
    .describe('How often a failed Pod is tried again.'),
  cancel: z.boolean().optional().describe('Ends the run. One way: never set back.'),
  ttlAfterFinished: duration.default('1h').describe('How long a finished run is kept.'),
  ttlAfterFailure: duration.optional().describe('The same for a failed run; absent: ttlAfterFinished.'),
  stream: z
    .object({
      url: z
        .string()
        .max(2048)
        .regex(/^https?:\/\/[^\s]+$/),
    })
    .optional()
    .describe('Where a waiting proxy takes the agent’s frames.'),
  podTemplate: podTemplate.optional(),
  params: anyObject.optional().describe('The mode plugin’s own parameters, checked by its schema.'),
});

export const usage = z.object({
  inputTokens: z.int().min(0),
  outputTokens: z.int().min(0),
  totalTokens: z.int().min(0),
  toolCalls: z.int().min(0).optional(),
});

export const phase = z.enum(['Pending', 'Running', 'Serving', 'Succeeded', 'Failed']);

export const runResult = z.object({
  text: z.string().max(MAX_TEXT).optional().describe('The answer, inline up to 32 KiB.'),
  finishReason: z.string().max(64).describe('stop, length, tool_calls or content_filter.'),
  toolCalls: z.array(toolCall).max(256).optional(),
  ref: objectRef.optional().describe('ConfigMap with the answer when it is larger (binaryData.result).'),
});

export const agentRunStatus = z.object({
  observedGeneration: z.int().min(0).optional(),
  phase: phase.default('Pending'),
  mode: z.string().max(32).optional(),
  reason: z.string().max(1024).optional(),
  message: z.string().max(32_768).optional(),
  conditions: z.array(condition).max(32).optional(),
  startedAt: z.iso.datetime().optional(),
  completedAt: z.iso.datetime().optional(),
  children: z
    .array(
      z.object({
        apiVersion: z.string().max(317),
        kind: z.string().max(63),
        name: z.string().max(253),
        uid: z.string().max(64),
      }),
    )
    .max(32)
    .optional(),
  endpoint: z
    .object({
      url: z.string().max(2048).optional(),
      hostname: z.string().max(253).optional(),
      apiKeySecretName: z.string().max(253).optional(),
    })
    .optional(),
  result: runResult.optional(),
  resultPreview: z.string().max(256).optional().describe('One line of the answer, at most 60 characters.'),
  usage: usage.optional(),
  attempts: z.int().min(0).optional(),
  exitCode: z.int32().optional(),
  error: z.object({ code: z.string().max(64), message: z.string().max(32_768) }).optional(),
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
