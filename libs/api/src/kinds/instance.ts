import { z } from 'zod';
import { skillUse } from './agent-run.js';
import { conditions, observedGeneration } from './condition.js';
import { MAX_TEXT } from './conversation.js';
import type { Kind, KubeObject } from './kube-object.js';
import { podTemplate } from './pod-template.js';
import {
  API_VERSION,
  boundedMap,
  cel,
  configMapKeyRef,
  dnsLabel,
  duration,
  hostname,
  httpUrl,
  keyedBy,
  objectRef,
  secretKeyRef,
  timeLimit,
} from './schema.js';

const SECRET_HEADERS = ['authorization', 'proxy-authorization', 'x-api-key', 'api-key', 'cookie'];

const headers = boundedMap(256, z.string().max(4096), 32).meta(
  cel({
    rule: `self.all(name, !(name.lowerAscii() in ${JSON.stringify(SECRET_HEADERS).replaceAll('"', "'")}))`,
    message: 'put the key into a Secret and name it in authSecretRef; whoever reads the instance can read its headers',
    reason: 'FieldValueForbidden',
  }),
);

export const modelSpec = z.object({
  provider: dnsLabel(32)
    .default('openai')
    .describe('echo (answers with the last user message, needs no key) or openai (any OpenAI-compatible endpoint).'),
  name: z.string().min(1).max(256).describe('The model’s name at its provider.'),
  baseURL: httpUrl.optional().describe('The provider’s address, e.g. https://api.openai.com/v1.'),
  authSecretRef: secretKeyRef.optional().describe('The provider’s key.'),
  headers: headers.optional().describe('Further headers of every request to the provider; no secrets.'),
  caBundleRef: configMapKeyRef.optional().describe('A ConfigMap’s entry with further certificate authorities (PEM).'),
  proxy: httpUrl.optional().describe('HTTP proxy for the provider’s address.'),
});

const envVar = z.object({
  name: z.string().min(1).max(256).describe('Name of the variable.'),
  value: z.string().max(32_768).describe('Its value; $(X) is expanded as in any container.'),
});

export const agentSpec = z.object({
  image: z.string().min(1).max(1024).describe('The agent’s image.'),
  command: z.array(z.string().max(4096)).max(64).optional().describe('Replaces the image’s entrypoint.'),
  args: z.array(z.string().max(4096)).max(64).optional().describe('Arguments of the command.'),
  env: z
    .array(envVar)
    .max(128)
    .meta(keyedBy('name'))
    .optional()
    .describe('Environment variables; the agent protocol’s own names win.'),
});

const mcpServer = z.object({
  name: dnsLabel(63).describe('Prefix of the tools’ names.'),
  url: httpUrl.describe('Address of the MCP server.'),
  headersSecretRef: objectRef.optional().describe('Secret whose entries are sent as headers.'),
});

const gateway = z.object({
  name: z.string().min(1).max(253).describe('Name of the Gateway.'),
  namespace: z.string().max(63).optional().describe('Its namespace; absent: the instance’s.'),
  sectionName: z.string().max(253).optional().describe('One of its listeners; absent: all.'),
});

const rateLimit = z.object({
  requestsPerMinute: z.int32().min(1).optional().describe('Requests a minute, over time.'),
  burst: z.int32().min(1).optional().describe('Requests at once after a pause.'),
  maxConcurrent: z.int32().min(1).optional().describe('Requests in flight.'),
});

export const endpointSpec = z.object({
  hostname: hostname.optional().describe('Public host name.'),
  gateway: gateway.optional().describe('The Gateway that leads to the endpoint.'),
  replicas: z.int32().min(0).max(100).optional().describe('Pods of the endpoint; absent: 1.'),
  authSecretRef: objectRef.optional().describe('Secret with the API keys; absent: one is made.'),
  keys: z
    .array(dnsLabel(63))
    .max(64)
    .meta({ 'x-kubernetes-list-type': 'set' })
    .optional()
    .describe('Names of the keys that may call this instance; absent: all.'),
  cors: z
    .object({ origins: z.array(z.string().min(1).max(253)).max(64).describe('Origins that may call, or *.') })
    .optional()
    .describe('What browsers may call.'),
  rateLimit: rateLimit.optional().describe('Limits of each key.'),
});

export const instanceSpec = z.object({
  model: modelSpec.describe('The model that answers.'),
  agent: agentSpec.optional().describe('Bring your own agent; absent: the reference agent.'),
  systemPrompt: z.string().max(MAX_TEXT).optional().describe('System prompt of every run.'),
  skills: z.array(skillUse).max(32).optional().describe('SkillPacks of every run.'),
  mcpServers: z.array(mcpServer).max(16).meta(keyedBy('name')).optional().describe('Remote tools of every run.'),
  endpoint: endpointSpec.optional().describe('How the instance is served over HTTP.'),
  runDefaults: z
    .object({
      timeout: timeLimit.optional().describe('spec.timeout of such runs.'),
      ttlAfterFinished: duration.optional().describe('spec.ttlAfterFinished of such runs.'),
      ttlAfterFailure: duration.optional().describe('spec.ttlAfterFailure of such runs.'),
      podTemplate: podTemplate.optional(),
    })
    .optional()
    .describe('What runs made by proxy, CLI and schedules get when their maker does not say.'),
  limits: z
    .object({
      maxConcurrentRuns: z.int32().min(1).optional().describe('Runs that work at once; absent: no limit.'),
      maxQueued: z.int32().min(0).optional().describe('Runs that wait for a place; more are refused.'),
      maxQueueTime: duration.optional().describe('How long a run waits for a place.'),
    })
    .optional()
    .describe('How many runs there may be.'),
  history: z
    .object({
      succeeded: z.int32().min(0).optional().describe('Succeeded runs that are kept.'),
      failed: z.int32().min(0).optional().describe('Failed runs that are kept.'),
    })
    .optional()
    .describe('How many finished runs are kept, whatever their ttl.'),
});

export const instanceStatus = z.object({
  observedGeneration,
  conditions,
  activeRuns: z.int32().min(0).optional().describe('Task runs that work now, as counted at most 10 s after a change.'),
  queuedRuns: z.int32().min(0).optional().describe('Task runs that wait, counted likewise.'),
  endpoint: z
    .object({
      url: z.string().max(2048).optional().describe('Address of the endpoint.'),
      hostname: z.string().max(253).optional().describe('Public host name, while a route leads from it.'),
      apiKeySecretName: z.string().max(253).optional().describe('Secret with the endpoint’s API keys.'),
      ready: z.boolean().optional().describe('Whether it answers.'),
    })
    .optional()
    .describe('Where the instance is called.'),
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
