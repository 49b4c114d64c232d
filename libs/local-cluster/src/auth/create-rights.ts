import type { Admission } from '../rest/object-api.js';
import type { Authorizer } from './auth.js';
import { forbiddenError } from './forbidden.js';

/** Who may update or patch an object does not thereby make one: an update or apply that creates needs `create`, too. */
export const createRights = (authorizer: Authorizer): Required<Pick<Admission, 'judge'>> => ({
  judge({ operation, verb, resource, name, user }) {
    if (operation !== 'CREATE' || verb === 'create') return;
    const { group, version, plural } = resource;
    const { namespace } = name;
    const asked = { group, version, plural, name: name.name, ...(namespace !== undefined && { namespace }) };
    const attributes = { user, verb: 'create', path: '', resource: asked };
    const { allowed, reason } = authorizer.authorize(attributes);
    if (!allowed) throw forbiddenError(attributes, reason);
  },
});
