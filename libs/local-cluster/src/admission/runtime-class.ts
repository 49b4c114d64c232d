import { forbidden } from '../api-error.js';
import { fieldsOf, textOf } from '../builtin/strategies/access.js';
import type { AdmissionRequest } from '../rest/object-api.js';

/** RuntimeClass is not served, so there are none: nobody names one (RuntimeClass). */
export function admitRuntimeClass({ object: pod, operation, resource, name }: AdmissionRequest): void {
  if (operation !== 'CREATE' || !pod) return;
  const { runtimeClassName } = fieldsOf(pod['spec']);
  if (runtimeClassName == null) return;
  const why = `pod rejected: RuntimeClass ${JSON.stringify(textOf(runtimeClassName))} not found`;
  throw forbidden(resource, name.name, why);
}
