import { z } from 'zod';
import { agentRunSpec, skillUse } from './agent-run.js';
import { condition } from './condition.js';
import { MAX_TEXT } from './conversation.js';
import type { Kind, KubeObject } from './kube-object.js';
import { podTemplate } from './pod-template.js';
import { API_VERSION, dnsLabel, duration, objectRef, secretKeyRef } from './schema.js';

const url = z
  .string()
  .max(2048)
  .regex(/^https?:\/\/[^\s]+$/);

const envVar = z.object({ name: z.string().min(1).max(256), value: z.string().max(32_768) });

export const modelSpec = z.object({
  provider: dnsLabel(32)
    .default('openai')
    .describe('echo (answers with the last user message, needs no key) or openai (any OpenAI-compatible endpoint).'),
  name: z.string().min(1).max(256).describe('The model’s name at its provider.'),
  baseURL: url.optional().describe('The provider’s address, e.g. https://api.openai.com/v1.'),
  authSecretRef: secretKeyRef.optional().describe('The provider’s key.'),
  headers: z.record(z.string().max(256), z.string().max(4096)).optional(),
  caBundleRef: z
    .object({ name: z.string().min(1).max(253), key: z.string().min(1).max(253) })
    .optional()
    .describe('A ConfigMap’s entry with further certificate authorities (PEM).'),
  proxy: url.optional().describe('HTTP proxy for the provider’s address.'),
});

export const agentSpec = z.object({
  image: z.string().min(1).max(1024),
  command: z.array(z.string().max(4096)).max(64).optional(),
  args: z.array(z.string().max(4096)).max(64).optional(),
  env: z.array(envVar).max(128).optional(),
});

export const instanceSpec = z.object({
  model: modelSpec,
  agent: agentSpec.optional().describe('Bring your own agent; absent: the reference agent.'),
  systemPrompt: z.string().max(MAX_TEXT).optional(),
  skills: z.array(skillUse).max(32).optional(),
  mcpServers: z
    .array(z.object({ name: dnsLabel(63), url, headersSecretRef: objectRef.optional() }))
    .max(16)
    .optional(),
  endpoint: z
    .object({
      hostname: z.string().max(253).optional(),
      gateway: z
        .object({
          name: z.string().max(253),
          namespace: z.string().max(63).optional(),
          sectionName: z.string().max(253).optional(),
        })
        .optional(),
      replicas: z.int32().min(0).max(100).optional(),
      authSecretRef: objectRef.optional(),
      keys: z.array(dnsLabel(63)).max(64).optional(),
      cors: z.object({ origins: z.array(z.string().max(253)).max(64) }).optional(),
      rateLimit: z
        .object({
          requestsPerMinute: z.int32().min(1).optional(),
          burst: z.int32().min(1).optional(),
          maxConcurrent: z.int32().min(1).optional(),
        })
        .optional(),
    })
    .optional(),
  runDefaults: z
    .object({
      timeout: duration.optional(),
      ttlAfterFinished: agentRunSpec.shape.ttlAfterFailure,
      ttlAfterFailure: agentRunSpec.shape.ttlAfterFailure,
      podTemplate: podTemplate.optional(),
    })
    .optional()
    .describe('What runs made by proxy, CLI and schedules get when their maker does not say.'),
  limits: z
    .object({
      maxConcurrentRuns: z.int32().min(1).optional(),
      maxQueued: z.int32().min(0).optional(),
      maxQueueTime: duration.optional(),
    })
    .optional(),
  history: z.object({ succeeded: z.int32().min(0).optional(), failed: z.int32().min(0).optional() }).optional(),
});

export const instanceStatus = z.object({
  observedGeneration: z.int().min(0).optional(),
  conditions: z.array(condition).max(32).optional(),
  activeRuns: z.int32().min(0).optional(),
  queuedRuns: z.int32().min(0).optional(),
  endpoint: z
    .object({
      url: z.string().max(2048).optional(),
      hostname: z.string().max(253).optional(),
      apiKeySecretName: z.string().max(253).optional(),
      ready: z.boolean().optional(),
    })
    .optional(),
});

export type ModelSpec = z.infer<typeof modelSpec>;
export type AgentSpec = z.infer<typeof agentSpec>;
export type SympoziumInstanceSpec = z.infer<typeof instanceSpec>;
export type SympoziumInstanceStatus = z.infer<typeof instanceStatus>;

/** An agent that can be called: its model, its own code if any, its defaults. */
export interface SympoziumInstance extends KubeObject {
  spec: SympoziumInstanceSpec;
  status?: SympoziumInstanceStatus;
}

export const SYMPOZIUM_INSTANCE: Kind<SympoziumInstance> = {
  apiVersion: API_VERSION,
  kind: 'SympoziumInstance',
  plural: 'sympoziuminstances',
  namespaced: true,
};
