import { z } from 'zod';
import { keyedBy } from './schema.js';

/** What a status says of the spec that it goes by. */
export const observedGeneration = z.int().min(0).optional().describe('The metadata.generation that was looked at.');

/** A condition, as in meta/v1; what its types and reasons mean stands in `CONDITIONS` and `ERRORS`. */
export const condition = z.object({
  type: z.string().min(1).max(316).describe('What is said: Accepted, Applied, Ready, Succeeded or a plugin’s own.'),
  status: z.enum(['True', 'False', 'Unknown']).describe('Whether it is so.'),
  reason: z.string().min(1).max(1024).describe('Why, in one word of the tables of reasons and errors.'),
  message: z.string().max(32_768).describe('The same for people, with what to do next.'),
  lastTransitionTime: z.iso.datetime().describe('RFC 3339, when status last changed.'),
  observedGeneration,
});

/** The conditions of a status, one of each type. */
export const conditions = z
  .array(condition)
  .max(32)
  .meta(keyedBy('type'))
  .optional()
  .describe('What else is the case.');

export type Condition = z.infer<typeof condition>;
export type ConditionStatus = Condition['status'];
