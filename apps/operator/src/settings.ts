import { listenAddress, LOG_LEVELS, portSetting, readSettings, settingsHelp, SettingsError } from '@sympozium/process';
import { WEB_PROXY_IMAGE } from '@sympozium/skill-web-endpoint';
import { parseArgs } from 'node:util';
import { z } from 'zod';

const namespaceList = z
  .string()
  .regex(/^\s*(\*|[a-z0-9-]+(\s*,\s*[a-z0-9-]+)*)\s*$/, 'names separated by commas, or * for the whole cluster')
  .transform((list) => [...new Set(list.split(',').map((name) => name.trim()))]);

/** The operator's environment. */
const environment = z.object({
  WATCH_NAMESPACES: namespaceList
    .prefault('default')
    .describe('Namespaces whose runs are served, separated by commas; * for the whole cluster.'),
  POD_NAMESPACE: z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'the name of a namespace')
    .default('sympozium-system')
    .describe('The operator’s own namespace: its SkillPacks are everybody’s, and its Lease tells who leads.'),
  LEADER_ELECTION: z
    .enum(['true', 'false'])
    .default('true')
    .transform((value) => value === 'true')
    .describe('Whether of several operators only one works; false for one that is alone.'),
  HOST: z
    .string()
    .optional()
    .describe('Address of /healthz, /readyz and /metrics (default: every one, of the family of POD_IP).'),
  POD_IP: z.string().optional().describe('This Pod’s address.'),
  PORT: portSetting(9090).describe('Port of the same; 0 takes a free one.'),
  LOG_LEVEL: z
    .enum(LOG_LEVELS)
    .default('info')
    .describe(`One of ${LOG_LEVELS.join(', ')}.`),
  AGENT_IMAGE: z
    .string()
    .min(1)
    .default('sympozium/agent-runner:0.1.0')
    .describe('Image of the reference agent, for instances without an agent of their own.'),
  WEB_PROXY_IMAGE: z
    .string()
    .min(1)
    .default(WEB_PROXY_IMAGE)
    .describe('Image of the web proxy, which the SkillPack web-endpoint runs.'),
  SYMPOZIUM_PLUGINS: z
    .string()
    .optional()
    .describe('Path of plugins.yaml, which configures plugins and allows further ones; absent: the built-in ones.'),
  SYMPOZIUM_PLUGINS_DIR: z
    .string()
    .min(1)
    .default('/plugins')
    .describe('Folder whose node_modules hold the packages that plugins.yaml allows.'),
  OPERATOR_DEPLOYMENT: z
    .string()
    .optional()
    .describe('For drain: the operator’s own Deployment, which is scaled to none before; absent: no operator runs.'),
  DRAIN_TIMEOUT_SECONDS: z.coerce
    .number('a number of seconds')
    .positive('a number of seconds')
    .default(240)
    .describe('For drain: when it gives up.'),
});

type OperatorCommand = 'run' | 'drain';

/** Everything the operator is told when it starts. */
export interface OperatorSettings {
  readonly command: OperatorCommand;
  /** Path; absent: `KUBECONFIG`, then the cluster it runs in. */
  readonly kubeconfig?: string;
  readonly namespaces: readonly string[];
  readonly systemNamespace: string;
  /** Whether of several operators only one works. */
  readonly leaderElection: boolean;
  readonly host: string;
  readonly port: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly agentImage: string;
  readonly webProxyImage: string;
  /** Where plugins come from beside the built-in ones: plugins.yaml, and the folder of the packages it allows. */
  readonly plugins: { readonly file?: string; readonly folder: string };
  readonly drain: { readonly deployment?: string; readonly timeoutMs: number };
}

export const HELP = `Usage: operator [drain] [--kubeconfig PATH] [--help]

Runs AgentRuns: tasks as Jobs, whose answers become status, and servers as Deployments with Service, key and route.
Keeps the servers of SympoziumInstances and the SkillPacks of its plugins.

  drain                        takes down every server, since no operator will work here any more, and ends

  --kubeconfig PATH            the cluster; else KUBECONFIG, else the cluster it runs in
  --help                       this text

Environment:
${settingsHelp(environment)}`;

/** Reads flags and environment; `undefined` when help was asked for. Throws `SettingsError` naming what is wrong. */
export function readOperatorSettings(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): OperatorSettings | undefined {
  const { help, kubeconfig, command } = readFlags(args);
  if (help) return undefined;
  const read = readSettings(environment, env);
  return {
    command,
    ...(kubeconfig !== undefined && { kubeconfig }),
    namespaces: read.WATCH_NAMESPACES,
    systemNamespace: read.POD_NAMESPACE,
    leaderElection: read.LEADER_ELECTION,
    host: read.HOST ?? listenAddress(read.POD_IP),
    port: read.PORT,
    logLevel: read.LOG_LEVEL,
    agentImage: read.AGENT_IMAGE,
    webProxyImage: read.WEB_PROXY_IMAGE,
    plugins: {
      ...(read.SYMPOZIUM_PLUGINS !== undefined && { file: read.SYMPOZIUM_PLUGINS }),
      folder: read.SYMPOZIUM_PLUGINS_DIR,
    },
    drain: {
      ...(read.OPERATOR_DEPLOYMENT !== undefined && { deployment: read.OPERATOR_DEPLOYMENT }),
      timeoutMs: read.DRAIN_TIMEOUT_SECONDS * 1_000,
    },
  };
}

interface Flags {
  readonly help?: boolean;
  readonly kubeconfig?: string;
  readonly command: OperatorCommand;
}

function readFlags(args: readonly string[]): Flags {
  try {
    const options = { help: { type: 'boolean' }, kubeconfig: { type: 'string' } } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [command = 'run', ...more] = positionals;
    if (more.length > 0 || !isCommand(command)) throw new Error(`There is no command '${positionals.join(' ')}'`);
    return { ...values, command };
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    throw new SettingsError(`${what}. --help lists what is allowed.`, { cause });
  }
}

const isCommand = (text: string): text is OperatorCommand => text === 'run' || text === 'drain';
