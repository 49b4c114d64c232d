import type { OwnerReference } from '@sympozium/api';
import { forbidden } from '../api-error.js';
import type { Admission, AdmissionRequest } from '../rest/object-api.js';
import type { ResourceRegistry } from '../resources/resource.js';
import { sameJson } from '../schema/json.js';
import type { Attributes, Authorizer } from './auth.js';

type Asked = NonNullable<Attributes['resource']>;

/** Their strategy keeps the owners as they were. */
const EXEMPT = { plural: 'pods', subresource: 'status' };
const ANYTHING: Asked = { group: '*', version: '*', plural: '*', subresource: 'finalizers', name: '*' };

/**
 * The admission plugin OwnerReferencesPermissionEnforcement: who changes an object's owners must be allowed to delete
 * it, and who lets it hold up an owner's deletion, to set that owner's finalizers.
 */
export function ownerRights(
  authorizer: Authorizer,
  registry: Pick<ResourceRegistry, 'findKind'>,
): Required<Pick<Admission, 'judge'>> {
  const refusal = ({ user }: AdmissionRequest, verb: string, resource: Asked): string | undefined => {
    const { allowed, reason } = authorizer.authorize({ user, verb, path: '', resource });
    return allowed ? undefined : reason;
  };
  const refuse = ({ resource, name }: AdmissionRequest, why: string): never => {
    throw forbidden(resource, name.name, why);
  };

  const judgeDeletion = (request: AdmissionRequest): void => {
    const why = request.operation === 'CREATE' ? undefined : refusal(request, 'delete', itself(request));
    if (why !== undefined) refuse(request, `cannot set an ownerRef on a resource you can't delete: ${why}, <nil>`);
  };
  const judgeHold = (request: AdmissionRequest, { apiVersion, kind, name }: OwnerReference): void => {
    const [version = '', group = ''] = apiVersion.split('/').reverse();
    const owner = registry.findKind(group, version, kind);
    if (!owner) {
      const why = `no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`;
      return refuse(
        request,
        `cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion ${apiVersion} Kind ${kind}: ${why}`,
      );
    }
    const { plural, namespaced } = owner;
    const where = namespaced ? placeOf(request) : {};
    const why = refusal(request, 'update', { group, version, plural, subresource: 'finalizers', name, ...where });
    if (why === undefined) return;
    refuse(
      request,
      `cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: ${why}, <nil>`,
    );
  };

  return {
    judge(request) {
      if (isExempt(request) || sameJson(ownersOf(request.object), ownersOf(request.old))) return;
      judgeDeletion(request);
      const holds = newHolds(request);
      if (holds.length === 0 || refusal(request, 'update', ANYTHING) === undefined) return;
      for (const hold of holds) judgeHold(request, hold);
    },
  };
}

const isExempt = ({ resource, subresource }: AdmissionRequest): boolean =>
  resource.group === '' && resource.plural === EXEMPT.plural && subresource === EXEMPT.subresource;

const ownersOf = (object: AdmissionRequest['object']): readonly OwnerReference[] =>
  object?.metadata.ownerReferences ?? [];

/** References that hold their owner and did not before. */
function newHolds({ object, old }: AdmissionRequest): readonly OwnerReference[] {
  const held = new Set(ownersOf(old).flatMap((owner) => (owner.blockOwnerDeletion ? owner.uid : [])));
  return ownersOf(object).filter(({ uid, blockOwnerDeletion }) => blockOwnerDeletion === true && !held.has(uid));
}

const placeOf = ({ name: { namespace } }: AdmissionRequest): { namespace?: string } =>
  namespace === undefined ? {} : { namespace };

function itself(request: AdmissionRequest): Asked {
  const { resource, subresource, name } = request;
  const { group, version, plural } = resource;
  const part = subresource === undefined ? {} : { subresource };
  return { group, version, plural, name: name.name, ...part, ...placeOf(request) };
}
