import { childOf, listOf, type Fields } from '../builtin/strategies/access.js';
import type { AdmissionRequest } from '../rest/object-api.js';

const TAINTS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
const SECONDS = 300;

/** A Pod stays five minutes on a node that is lost, unless it says otherwise (DefaultTolerationSeconds). */
export function addTolerations({ object: pod, operation }: AdmissionRequest): void {
  if (!pod || operation === 'DELETE') return;
  const spec = childOf(pod, 'spec');
  const tolerations = listOf(spec['tolerations']);
  const missing = TAINTS.filter((key) => !tolerations.some((toleration) => covers(toleration, key)));
  if (missing.length === 0) return;
  const added = missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: SECONDS }));
  spec['tolerations'] = [...tolerations, ...added];
}

const covers = ({ key, effect }: Fields, taint: string): boolean =>
  (!key || key === taint) && (!effect || effect === 'NoExecute');
