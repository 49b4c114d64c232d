import { z } from 'zod';

/** A condition, as in meta/v1; `reason` is a row of the error table or `Ready`-like word of the host. */
export const condition = z.object({
  type: z.string().min(1).max(316),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string().min(1).max(1024),
  message: z.string().max(32_768),
  lastTransitionTime: z.iso.datetime().describe('RFC 3339, when status last changed.'),
  observedGeneration: z.int().min(0).optional(),
});

export type Condition = z.infer<typeof condition>;
export type ConditionStatus = Condition['status'];
