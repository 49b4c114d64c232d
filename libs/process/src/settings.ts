import { z } from 'zod';

/** A setting that stops the start: names the variable, what was read and what is allowed. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly code = 'SETTING_INVALID';
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads an app’s environment by a schema whose keys are the variables’ names. An empty variable counts as absent.
 * Values of variables named like secrets are not repeated in the error.
 */
export function readSettings<S extends z.ZodObject>(schema: S, env: Environment): z.output<S> {
  const known = Object.keys(schema.shape);
  const given = Object.fromEntries(known.filter((name) => env[name]).map((name) => [name, env[name]]));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    const value = given[name];
    const read = value === undefined ? 'not set' : /KEY|TOKEN|SECRET/.test(name) ? 'set' : JSON.stringify(value);
    return `${name} is ${read}: ${issue.message}`;
  });
  throw new SettingsError(`${problems.join('; ')}. --help lists what is allowed.`);
}

/** One line a variable, for `--help`: name, default, description. */
export function settingsHelp(schema: z.ZodObject): string {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return Object.entries(json.properties ?? {})
    .map(([name, property]) => {
      const { default: value, description = '' } = property as { default?: unknown; description?: string };
      return `  ${name.padEnd(28)} ${description}${value === undefined ? '' : ` (default: ${String(value)})`}`;
    })
    .join('\n');
}

/** A TCP port as an environment variable says it; 0 takes a free one. */
export const portSetting = (standard: number) =>
  z.coerce.number('a port from 0 to 65535').int('a port from 0 to 65535').min(0).max(65_535).default(standard);

/**
 * Where a server in a Pod listens: at every address of the Pod's family, since a port-forward comes to its localhost. Pods
 * of the virtual node share their ports, and are told apart by loopback addresses alone.
 */
export function listenAddress(podIP = ''): string {
  if (podIP.startsWith('127.')) return podIP;
  return podIP.includes(':') ? '::' : '0.0.0.0';
}
