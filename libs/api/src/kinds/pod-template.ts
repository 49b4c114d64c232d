import { z } from 'zod';
import { environmentVariables } from './env-var.js';
import { anyObject, boundedMap, keyedBy } from './schema.js';

const quantities = boundedMap(63, z.string().max(64), 32);

/** Requests and limits of one container. */
export const containerResources = z.object({
  requests: quantities.optional().describe('What the container is promised, e.g. cpu: 100m.'),
  limits: quantities.optional().describe('What the container may use at most.'),
});

/** What a user may say about the Pod of a run; everything else is the plan's. */
export const podTemplate = z
  .object({
    resources: containerResources.optional().describe('Requests and limits of the agent container.'),
    nodeSelector: boundedMap(317, z.string().max(63), 32).optional().describe('Labels that the node must have.'),
    tolerations: z.array(anyObject).max(32).optional().describe('Taints that the Pod tolerates, as in a Pod.'),
    affinity: anyObject.optional().describe('Where the Pod is placed, as in a Pod.'),
    runtimeClassName: z.string().max(253).optional().describe('A RuntimeClass, such as one that sandboxes.'),
    priorityClassName: z.string().max(253).optional().describe('A PriorityClass.'),
    imagePullSecrets: z
      .array(z.object({ name: z.string().min(1).max(253).describe('Name of the Secret.') }))
      .max(16)
      .meta(keyedBy('name'))
      .optional()
      .describe('Secrets with which images are pulled.'),
    env: environmentVariables
      .optional()
      .describe('Further environment variables of the agent container; the agent protocol’s own names win.'),
  })
  .describe('What the run’s Pod gets beyond the plan.');

export type PodTemplateOverrides = z.infer<typeof podTemplate>;
