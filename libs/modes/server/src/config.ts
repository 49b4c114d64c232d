import { z } from 'zod';

const amounts = z.record(z.string(), z.string());

/** The server plugin's configuration, from the operator's `plugins.yaml`. */
export const serverConfig = z.strictObject({
  requests: amounts
    .default({ cpu: '50m', memory: '64Mi' })
    .describe('What a server’s container requests where neither pack nor instance says.'),
  scratch: z.string().default('256Mi').describe('Largest size of a server’s /tmp.'),
});

export type ServerConfig = z.infer<typeof serverConfig>;

/** `AgentRun.spec.params` of a server: the mode itself reads none, plugins that extend it may. */
export const serverParams = z.record(z.string(), z.unknown());

export type ServerParams = z.infer<typeof serverParams>;
