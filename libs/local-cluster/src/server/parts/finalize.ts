import { type ApiError, conflict, invalid, STALE, type FieldError } from '../../api-error.js';
import type { ApiObject, ObjectName } from '../../api-object.js';
import type { ObjectApi } from '../../rest/object-api.js';
import type { Handler } from '../handlers.js';
import { nameOf } from '../verbs.js';

/** `namespaces/finalize`: what the namespace controller says when it has emptied one. */
export const finalizeNamespace =
  (api: ObjectApi): Handler =>
  async ({ resource, body, ...request }) => {
    const name = nameOf(request);
    const { spec = {}, metadata } = body as { spec?: { finalizers?: readonly string[] } } & Partial<ApiObject>;
    const finalizers = spec.finalizers ?? [];
    rejectFinalizers(name, finalizers);
    return api.writeRaw(resource, name, (live) => {
      const { resourceVersion } = metadata ?? {};
      if (resourceVersion && resourceVersion !== live.metadata.resourceVersion) throw stale(name.name);
      const next = { ...(live['spec'] as object | undefined), finalizers };
      return { ...live, spec: finalizers.length > 0 ? next : withoutFinalizers(next) };
    });
  };

function withoutFinalizers(spec: { finalizers?: unknown }): object {
  delete spec.finalizers;
  return spec;
}

const stale = (name: string): ApiError => conflict({ group: '', plural: 'namespaces' }, name, STALE);

function rejectFinalizers({ name }: ObjectName, finalizers: readonly string[]): void {
  const errors = finalizers.flatMap((finalizer, index): FieldError[] => {
    if (finalizer === 'kubernetes' || finalizer.includes('/')) return [];
    const message = `Invalid value: ${JSON.stringify(finalizer)}: name is neither a standard finalizer name nor is it fully qualified`;
    return [{ type: 'FieldValueInvalid', field: `spec.finalizers[${index}]`, message }];
  });
  if (errors.length > 0) throw invalid({ group: '', kind: 'Namespace' }, name, errors);
}
