import { z } from 'zod';
import { AGENT_RUN, agentRunSpec, agentRunStatus } from './agent-run.js';
import { agentRunRules, INSTANCE_RULES, SCHEDULE_RULES, SKILL_PACK_RULES } from './rules.js';
import { instanceSpec, instanceStatus, SYMPOZIUM_INSTANCE } from './instance.js';
import type { JsonObject, Kind } from './kube-object.js';
import { scheduleSpec, scheduleStatus, SYMPOZIUM_SCHEDULE } from './schedule.js';
import { cel } from './schema.js';
import { SKILL_PACK, skillPackSpec } from './skill-pack.js';

/** A column of `kubectl get`, as in a CRD's `additionalPrinterColumns`. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'date';
  /** Where the value stands, as a JSONPath the API server accepts. */
  readonly jsonPath: string;
  readonly description: string;
  /** 0 is always shown; above it only with `-o wide`. */
  readonly priority?: number;
}

/** All that the API server has to be told about one kind: the CRDs and docs/api.md are generated from it. */
export interface KindDefinition {
  readonly kind: Kind;
  readonly singular: string;
  readonly shortNames: readonly string[];
  /** Groups of `kubectl get`. Never `all`: runs come by the thousand and would bury everything else there. */
  readonly categories: readonly string[];
  /** What an object of the kind is, for `kubectl explain`. */
  readonly description: string;
  /** Schema of `{spec, status}` with the rules that look at the whole object. */
  readonly schema: z.ZodObject;
  readonly columns: readonly PrinterColumn[];
  /** What a user writes first, without apiVersion and kind. */
  readonly example: { readonly metadata: { readonly name: string }; readonly spec: JsonObject };
}

const age: PrinterColumn = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description: 'Time since it was created.',
};

const agentRun: KindDefinition = {
  kind: AGENT_RUN,
  singular: 'agentrun',
  shortNames: ['arun'],
  categories: ['sympozium'],
  description: 'One run of an agent: a task that works and ends, or a server that lives until it is deleted.',
  schema: z
    .object({
      spec: agentRunSpec.describe(
        'What is wished. Of a task run only cancel and the ttls may change; other runs may be edited and roll out. ' +
          'A run whose mode is neither given nor decided yet counts as a task.',
      ),
      status: agentRunStatus.prefault({}).describe('What is the case; written by the operator.'),
    })
    .meta(cel(...agentRunRules(Object.keys(agentRunSpec.shape)))),
  columns: [
    { name: 'Phase', type: 'string', jsonPath: '.status.phase', description: 'Where the run stands.' },
    { name: 'Mode', type: 'string', jsonPath: '.status.mode', description: 'The mode that was decided.' },
    { name: 'Instance', type: 'string', jsonPath: '.spec.instanceRef.name', description: 'Whose run it is.' },
    { name: 'Reason', type: 'string', jsonPath: '.status.reason', description: 'Why it waits or failed.' },
    age,
    { name: 'Result', type: 'string', jsonPath: '.status.resultPreview', description: 'Beginning of the answer.' },
    { name: 'Message', type: 'string', jsonPath: '.status.message', description: 'The reason, told.', priority: 1 },
  ],
  example: {
    metadata: { name: 'first-answer' },
    spec: { instanceRef: { name: 'demo' }, mode: 'task', task: 'Which day of the week was 24 November 2026?' },
  },
};

const instance: KindDefinition = {
  kind: SYMPOZIUM_INSTANCE,
  singular: 'sympoziuminstance',
  shortNames: ['sinst'],
  categories: ['sympozium'],
  description: 'An agent that can be called: its model, its own code if any, its skills, limits and defaults.',
  schema: z
    .object({
      spec: instanceSpec.describe('What is wished.'),
      status: instanceStatus.optional().describe('What is the case; written by the operator.'),
    })
    .meta(cel(...INSTANCE_RULES)),
  columns: [
    { name: 'Provider', type: 'string', jsonPath: '.spec.model.provider', description: 'Who serves the model.' },
    { name: 'Model', type: 'string', jsonPath: '.spec.model.name', description: 'The model’s name there.' },
    { name: 'Active', type: 'integer', jsonPath: '.status.activeRuns', description: 'Runs that work now.' },
    { name: 'Queued', type: 'integer', jsonPath: '.status.queuedRuns', description: 'Runs that wait for a place.' },
    { name: 'Endpoint', type: 'string', jsonPath: '.status.endpoint.url', description: 'Where it is served.' },
    age,
  ],
  example: {
    metadata: { name: 'demo' },
    spec: {
      model: {
        provider: 'openai',
        name: 'gpt-5-mini',
        baseURL: 'https://api.openai.com/v1',
        authSecretRef: { name: 'openai', key: 'api-key' },
      },
      systemPrompt: 'Answer in one sentence.',
    },
  },
};

const skillPack: KindDefinition = {
  kind: SKILL_PACK,
  singular: 'skillpack',
  shortNames: ['spack'],
  categories: ['sympozium'],
  description: 'What an agent can be given: texts that it reads, and a server or tool that runs beside it.',
  schema: z.object({ spec: skillPackSpec.describe('What the pack holds.') }).meta(cel(...SKILL_PACK_RULES)),
  columns: [
    { name: 'Version', type: 'string', jsonPath: '.spec.version', description: 'Version of the pack.' },
    { name: 'Category', type: 'string', jsonPath: '.spec.category', description: 'What it is listed under.' },
    {
      name: 'Server',
      type: 'boolean',
      jsonPath: '.spec.sidecar.requiresServer',
      description: 'Whether it makes an instance a server.',
    },
    age,
    { name: 'Description', type: 'string', jsonPath: '.spec.description', description: 'Its use.', priority: 1 },
  ],
  example: {
    metadata: { name: 'house-style' },
    spec: {
      version: '1.0.0',
      description: 'How our answers read.',
      skills: [
        {
          name: 'house-style',
          description: 'Use it for every answer.',
          content: 'Answer in British English, without exclamation marks.\n',
        },
      ],
    },
  },
};

const schedule: KindDefinition = {
  kind: SYMPOZIUM_SCHEDULE,
  singular: 'sympoziumschedule',
  shortNames: ['ssched'],
  categories: ['sympozium'],
  description: 'A task that an instance does again and again, whenever a cron expression says so.',
  schema: z
    .object({
      spec: scheduleSpec.describe('What is wished.'),
      status: scheduleStatus.optional().describe('What is the case; written by the operator.'),
    })
    .meta(cel(...SCHEDULE_RULES)),
  columns: [
    { name: 'Instance', type: 'string', jsonPath: '.spec.instanceRef.name', description: 'Whose agent does it.' },
    { name: 'Schedule', type: 'string', jsonPath: '.spec.schedule', description: 'When it is time.' },
    { name: 'Zone', type: 'string', jsonPath: '.spec.timeZone', description: 'Where its clock hangs.' },
    { name: 'Suspend', type: 'boolean', jsonPath: '.spec.suspend', description: 'Whether it rests.' },
    { name: 'Active', type: 'integer', jsonPath: '.status.activeRuns', description: 'Runs that have not ended.' },
    { name: 'Last', type: 'date', jsonPath: '.status.lastScheduleTime', description: 'Time since its last start.' },
    { name: 'Next', type: 'string', jsonPath: '.status.nextScheduleTime', description: 'Its next tick.' },
    age,
    { name: 'Missed', type: 'integer', jsonPath: '.status.missedTicks', description: 'Ticks lost.', priority: 1 },
    {
      name: 'State',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
      description: 'Scheduled, or why no tick will start a run.',
      priority: 1,
    },
  ],
  example: {
    metadata: { name: 'morning-brief' },
    spec: {
      instanceRef: { name: 'demo' },
      schedule: '30 7 * * 1-5',
      timeZone: 'Europe/Oslo',
      task: 'Tell me in three sentences what is new since yesterday.',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 600,
    },
  },
};

/** Every kind of the API, in the order in which it is documented. */
export const DEFINITIONS: readonly KindDefinition[] = [agentRun, instance, skillPack, schedule];
