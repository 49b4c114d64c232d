import type { Taint } from './node.js';
import type { Toleration } from './pod.js';

/** Whether a toleration is of a taint; an empty effect or key is of all. */
export function tolerates({ key, operator, value = '', effect }: Toleration, taint: Taint): boolean {
  const concerns = (!effect || effect === taint.effect) && (!key || key === taint.key);
  return concerns && (operator === 'Exists' || value === (taint.value ?? ''));
}
