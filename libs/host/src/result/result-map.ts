import { childName, LABEL, RESULT_ENTRY, type AgentRun, type KubeObject } from '@sympozium/api';
import { binaryConfigMap, CONFIG_MAP, type ConfigMap } from '@sympozium/plugin-sdk/manifests';

const COMPONENT = 'result';

/** The ConfigMap that holds an answer too large for status, byte for byte. */
export function resultMap(run: AgentRun, answer: Uint8Array): ConfigMap {
  const map = binaryConfigMap(childName(run.metadata.name, 'result'), {
    [RESULT_ENTRY]: Buffer.from(answer).toString('base64'),
  });
  return { ...map, metadata: { ...map.metadata, labels: { [LABEL.component]: COMPONENT } } };
}

/** It is the host's own: no plugin planned it, so none shall see it, or see it pruned. */
export const isResultMap = ({ kind, metadata }: KubeObject): boolean =>
  kind === CONFIG_MAP.kind && metadata.labels?.[LABEL.component] === COMPONENT;
