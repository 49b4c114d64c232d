import {
  AGENT_RUN,
  errorSentence,
  failure,
  isRunReason,
  RESULT_ENTRY,
  SympoziumError,
  type AgentRun,
  type Failure,
  type Kind,
  type KubeObject,
} from '@sympozium/api';
import { isNotFound, type KubeClient } from '@sympozium/kube';
import { keyOf } from './run-key.js';
import type { RunAnswer } from './run-update.js';

interface ConfigMap extends KubeObject {
  readonly binaryData?: Readonly<Record<string, string>>;
}

const CONFIG_MAP: Kind<ConfigMap> = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };

/** What is stored of a run that succeeded, from its status or its ConfigMap. Throws `ResultLost` without either. */
export async function readResult(client: KubeClient, run: AgentRun): Promise<RunAnswer> {
  const { result, usage } = run.status;
  if (!result) throw lost(`run ${run.metadata.name} has no result`);
  const text = result.ref ? await readLargeText(client, run, result.ref.name) : (result.text ?? '');
  return { text, finishReason: result.finishReason, toolCalls: result.toolCalls ?? [], ...(usage && { usage }) };
}

/** What the operator stored about a failed or waiting run. */
export function storedFailure({ status: { reason, message } }: AgentRun): Failure {
  if (!isRunReason(reason)) return failure('AgentFailed', message ?? reason);
  return message === undefined ? failure(reason) : { reason, message };
}

/** The run as the server has it now. Throws `RunDeleted` when it is gone, or another bears its name. */
export async function readRun(client: KubeClient, run: AgentRun): Promise<AgentRun> {
  const current = await client.get(AGENT_RUN, keyOf(run)).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
  if (current !== undefined && current.metadata.uid === run.metadata.uid) return current;
  throw new SympoziumError('RunDeleted', errorSentence('RunDeleted'));
}

async function readLargeText(client: KubeClient, run: AgentRun, name: string): Promise<string> {
  const configMap = await client.get(CONFIG_MAP, { ...keyOf(run), name }).catch((error: unknown) => {
    if (isNotFound(error)) throw lost(`ConfigMap ${name} is gone`, error);
    throw error;
  });
  const isOurs = configMap.metadata.ownerReferences?.some(({ uid }) => uid === run.metadata.uid) ?? false;
  const encoded = configMap.binaryData?.[RESULT_ENTRY];
  if (!isOurs || encoded === undefined) throw lost(`ConfigMap ${name} does not hold it`);
  return Buffer.from(encoded, 'base64').toString('utf8');
}

const lost = (detail: string, cause?: unknown): SympoziumError =>
  new SympoziumError('ResultLost', errorSentence('ResultLost', detail), { cause });
