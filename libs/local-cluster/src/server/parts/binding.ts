import type { Clock } from '@sympozium/process';
import { ApiError, badRequest, conflict, type FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';
import type { ObjectApi } from '../../rest/object-api.js';
import { DONE, type Handler } from '../handlers.js';
import { nameOf } from '../verbs.js';
import { withCondition, type PodFields } from './pod-condition.js';

interface Binding {
  readonly metadata?: Partial<ApiObject['metadata']>;
  readonly target?: { readonly kind?: string; readonly name?: string };
}

const PODS = { group: '', plural: 'pods' };

/** `pods/binding`: what a scheduler says. The Pod's node is set once. */
export const bindPod =
  (api: ObjectApi, clock: Clock): Handler =>
  async (request) => {
    const name = nameOf(request);
    const { metadata = {}, target = {} } = request.body as Binding;
    if (metadata.name !== name.name) throw badRequest('name in URL does not match name in Binding object');
    rejectTarget(target);
    const bind = (pod: ApiObject): ApiObject => bound(pod, { metadata, target }, clock);
    if (request.dryRun) bind(structuredClone(api.get(request.resource, name)));
    else await api.writeRaw(request.resource, name, bind);
    return DONE;
  };

function rejectTarget({ kind = '', name = '' }: NonNullable<Binding['target']>): void {
  const errors: FieldError[] = [];
  if (kind !== '' && kind !== 'Node') {
    const message = `Unsupported value: ${JSON.stringify(kind)}: supported values: "Node", "<empty>"`;
    errors.push({ type: 'FieldValueNotSupported', field: 'target.kind', message });
  }
  if (name === '') errors.push({ type: 'FieldValueRequired', field: 'target.name', message: 'Required value' });
  const texts = errors.map(({ field, message }) => `${field}: ${message}`);
  if (texts.length > 0) throw new ApiError(500, '', texts.length === 1 ? texts.join() : `[${texts.join(', ')}]`);
}

function bound(pod: ApiObject, { metadata, target }: Required<Binding>, clock: Clock): ApiObject {
  const { spec = {}, status = {} } = pod as PodFields;
  const { name } = pod.metadata;
  checkIdentity(pod, metadata);
  if (pod.metadata.deletionTimestamp)
    throw unbindable(name, `pod ${name} is being deleted, cannot be assigned to a host`);
  if (spec.nodeName) throw unbindable(name, `pod ${name} is already assigned to node ${JSON.stringify(spec.nodeName)}`);
  if (spec.schedulingGates?.length) throw unbindable(name, `pod ${name} has non-empty .spec.schedulingGates`);
  const annotations = { ...pod.metadata.annotations, ...metadata.annotations };
  const labels = { ...pod.metadata.labels, ...metadata.labels };
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      ...(Object.keys(annotations).length > 0 && { annotations }),
      ...(Object.keys(labels).length > 0 && { labels }),
    },
    spec: { ...spec, nodeName: target.name },
    status: withCondition(status, { type: 'PodScheduled', status: 'True' }, clock),
  };
}

function checkIdentity({ metadata }: ApiObject, { uid, resourceVersion }: Partial<ApiObject['metadata']>): void {
  if (uid && uid !== metadata.uid) {
    throw conflict(
      PODS,
      metadata.name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid ?? ''}`,
    );
  }
  if (resourceVersion && resourceVersion !== metadata.resourceVersion) {
    const why = `ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion ?? ''}`;
    throw conflict(PODS, metadata.name, `Precondition failed: ${why}`);
  }
}

const unbindable = (name: string, why: string): ApiError => conflict({ group: '', plural: 'pods/binding' }, name, why);
