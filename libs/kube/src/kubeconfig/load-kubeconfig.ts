import { SympoziumError } from '@sympozium/api';
import { KubeConfig } from '@kubernetes/client-node';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

export interface KubeconfigChoice {
  /** Path of a kubeconfig; absent: what KUBECONFIG names, else ~/.kube/config. */
  readonly kubeconfig?: string;
  /** Absent: the file's current context. */
  readonly context?: string;
  /** Where KUBECONFIG and HOME stand; default: the process' environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

const NEXT = 'Name one with --kubeconfig, or set KUBECONFIG.';

/** Reads a kubeconfig, or several that KUBECONFIG lists, as kubectl merges them. Throws `SETTING_INVALID`. */
export function loadKubeconfig({ kubeconfig, context, env }: KubeconfigChoice): KubeConfig {
  const listed = kubeconfig === undefined ? listedFiles(env) : [kubeconfig];
  const [first, ...others] = listed.filter((file) => existsSync(file));
  if (first === undefined)
    throw new SympoziumError('SETTING_INVALID', `there is no kubeconfig ${listed.join(' or ')}. ${NEXT}`);
  const config = read(first);
  for (const file of others) config.mergeConfig(read(file), true);
  if (context !== undefined) config.setCurrentContext(context);
  return config;
}

function listedFiles(env: KubeconfigChoice['env']): string[] {
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  return listed.length > 0 ? listed : [join(env['HOME'] ?? homedir(), '.kube', 'config')];
}

function read(file: string): KubeConfig {
  const config = new KubeConfig();
  try {
    config.loadFromFile(file);
  } catch (cause) {
    const [why] = (cause instanceof Error ? cause.message : String(cause)).split('\n'); // then the file's own lines
    throw new SympoziumError('SETTING_INVALID', `${file} is no kubeconfig: ${why}. ${NEXT}`, { cause });
  }
  return config;
}
