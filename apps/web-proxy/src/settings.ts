import { listenAddress, LOG_LEVELS, portSetting, readSettings, SettingsError, settingsHelp } from '@sympozium/process';
import { parseArgs } from 'node:util';
import { z } from 'zod';

const whole = (least: number, standard: number) => z.coerce.number().int().min(least).default(standard);

const schema = z.object({
  SYMPOZIUM_NAMESPACE: z.string().min(1).default('default').describe('namespace of the instances that are served'),
  SYMPOZIUM_INSTANCE: z
    .string()
    .regex(/^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/, 'name of one SympoziumInstance')
    .optional()
    .describe('the one instance that is served (default: all of the namespace)'),
  SYMPOZIUM_KEYS_SECRET: z
    .string()
    .regex(/^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/, 'name of one Secret of SYMPOZIUM_NAMESPACE')
    .optional()
    .describe('Secret of API keys, one an entry: a plain key, or JSON {key, instances, limits, expires}'),
  SYMPOZIUM_KEYS_DIR: z
    .string()
    .optional()
    .describe('folder of the same, one a file; read only where no SYMPOZIUM_KEYS_SECRET is set'),
  HOST: z
    .string()
    .optional()
    .describe('address to listen on (default: every one; POD_IP alone on a node whose Pods share this machine)'),
  PORT: portSetting(8080).describe('port of the HTTP API'),
  STREAM_HOST: z.string().optional().describe('address that agents post their frames to (default: HOST)'),
  STREAM_PORT: portSetting(8081).describe('port that agents post their frames to'),
  STREAM_URL: z.url().optional().describe('the same as agents see it (default: http://<STREAM_HOST>:<port>)'),
  METRICS_PORT: portSetting(9090).describe('port of /metrics and the probes'),
  POD_IP: z.string().optional().describe('this Pod’s address'),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info').describe(LOG_LEVELS.join(', ')),
  BODY_LIMIT: whole(1_024, 4 * 1024 * 1024).describe('bytes of the largest request body'),
  MAX_IN_FLIGHT: whole(1, 2_048).describe('most requests at once'),
  REQUESTS_PER_MINUTE: whole(1, 6_000).describe('of one key, where neither key nor instance says it'),
  BURST: whole(1, 1_000).describe('requests of one key at once, likewise'),
  MAX_CONCURRENT: whole(1, 1_024).describe('unanswered requests of one key, likewise'),
  TRUSTED_PROXIES: z.string().default('').describe('addresses of gateways whose X-Forwarded-For counts, by comma'),
  DRAIN_MS: whole(0, 5_000).describe('how long requests are still taken after SIGTERM'),
  GRACE_MS: whole(0, 30_000).describe('how long answers may then still take'),
});

type Environment = z.output<typeof schema>;

/** Where the API keys are. */
type KeysSetting = { readonly secret: string } | { readonly folder: string };

/** Everything that the outside says to the web proxy, read once. */
export interface Settings extends Environment {
  readonly keys: KeysSetting;
  readonly HOST: string;
  readonly STREAM_HOST: string;
  /** Path of a kubeconfig; absent: KUBECONFIG, in-cluster. */
  readonly kubeconfig?: string;
}

const OPTIONS = { kubeconfig: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;

/** Settings from command line and environment; undefined when help was asked for. */
export function readWebProxySettings(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Settings | undefined {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help) return undefined;
  const read = readSettings(schema, env);
  const host = read.HOST ?? listenAddress(read.POD_IP);
  return {
    ...read,
    keys: keysOf(read),
    HOST: host,
    STREAM_HOST: read.STREAM_HOST ?? host,
    ...(values.kubeconfig !== undefined && { kubeconfig: values.kubeconfig }),
  };
}

/** The Secret, if one is named: a server's Pod has its folder too, which a kubelet refreshes late. */
function keysOf({ SYMPOZIUM_KEYS_SECRET: secret, SYMPOZIUM_KEYS_DIR: folder }: Environment): KeysSetting {
  if (secret !== undefined) return { secret };
  if (folder !== undefined) return { folder };
  throw new SettingsError(
    'Neither SYMPOZIUM_KEYS_SECRET nor SYMPOZIUM_KEYS_DIR is set: name the Secret or the folder that holds the API keys. --help lists what is allowed.',
  );
}

/** What `--help` prints. */
export const webProxyHelp = (): string =>
  `web-proxy [--kubeconfig PATH]\n\nOpenAI-compatible HTTP in front of SympoziumInstances. Environment:\n${settingsHelp(schema)}\n`;

/** Base of the addresses that agents post to, once the port is known. */
export function streamUrl({ STREAM_URL, POD_IP, STREAM_HOST }: Settings, port: number): string {
  if (STREAM_URL !== undefined) return STREAM_URL.replace(/\/+$/, '');
  const isAny = STREAM_HOST === '0.0.0.0' || STREAM_HOST === '::';
  const host = isAny ? (POD_IP ?? '127.0.0.1') : STREAM_HOST;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
