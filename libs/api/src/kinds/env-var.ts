import { z } from 'zod';
import { anyObject, keyedBy, ruled } from './schema.js';

const envVar = ruled(
  z.object({
    name: z.string().min(1).max(256).describe('Name of the variable.'),
    value: z.string().max(32_768).optional().describe('Its value; $(X) is expanded as in any container.'),
    valueFrom: anyObject.optional().describe('As in a container: secretKeyRef, configMapKeyRef, fieldRef.'),
  }),
  { rule: '!(has(self.value) && has(self.valueFrom))', message: 'give value or valueFrom, but not both' },
  ({ value, valueFrom }) => value === undefined || valueFrom === undefined,
);

/** A container's environment, as Kubernetes writes it. */
export const environmentVariables = z.array(envVar).max(128).meta(keyedBy('name'));
