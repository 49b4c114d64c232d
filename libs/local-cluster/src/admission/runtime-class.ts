import { forbidden } from '../api-error.js';
import { fieldsOf, textOf } from '../builtin/strategies/access.js';
import type { AdmissionRequest } from './create-admission.js';

/** RuntimeClass is not served, so there are none: nobody names one, nor what it would cost (RuntimeClass). */
export function admitRuntimeClass({ object: pod, operation, resource, name }: AdmissionRequest): void {
  if (operation !== 'CREATE' || !pod) return;
  const { runtimeClassName, overhead } = fieldsOf(pod['spec']);
  if (runtimeClassName != null) {
    const why = `pod rejected: RuntimeClass ${JSON.stringify(textOf(runtimeClassName))} not found`;
    throw forbidden(resource, name.name, why);
  }
  if (overhead != null) {
    const why = 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead';
    throw forbidden(resource, name.name, why);
  }
}
