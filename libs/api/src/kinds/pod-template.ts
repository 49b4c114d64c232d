import { z } from 'zod';
import { anyObject } from './schema.js';

const quantities = z.record(z.string().max(63), z.string().max(64));

/** What a user may say about the Pod of a run; everything else is the plan's. */
export const podTemplate = z
  .object({
    resources: z
      .object({ requests: quantities.optional(), limits: quantities.optional() })
      .optional()
      .describe('Requests and limits of the agent container.'),
    nodeSelector: z.record(z.string().max(317), z.string().max(63)).optional(),
    tolerations: z.array(anyObject).max(32).optional(),
    affinity: anyObject.optional(),
    runtimeClassName: z.string().max(253).optional(),
    priorityClassName: z.string().max(253).optional(),
    imagePullSecrets: z
      .array(z.object({ name: z.string().max(253) }))
      .max(16)
      .optional(),
    env: z
      .array(
        z.object({
          name: z.string().min(1).max(256),
          value: z.string().max(32_768).optional(),
          valueFrom: anyObject.optional().describe('As in a container: secretKeyRef, configMapKeyRef, fieldRef.'),
        }),
      )
      .max(128)
      .optional()
      .describe('Further environment variables of the agent container.'),
  })
  .describe('What the run’s Pod gets beyond the plan.');

export type PodTemplateOverrides = z.infer<typeof podTemplate>;
