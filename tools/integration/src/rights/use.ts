import { OWN, type Grant } from './grant.js';
import type { AppRequest } from './request.js';

/** That an app did what a right is for. */
export type Use = Pick<AppRequest, 'app' | 'account' | 'group' | 'resource' | 'verb' | 'name'>;

const CREATED = 201;
const REFUSED: ReadonlySet<number> = new Set([0, 401, 403]);
const SERVER_RUN = /-server$/;

/** What a request shows to be used; nothing if it was refused. */
export function usesOf(request: AppRequest, grants: readonly Grant[]): readonly Use[] {
  if (REFUSED.has(request.code)) return [];
  return [request, ...madeByPatch(request), ...heldToGrant(request, grants), ...heldToOwn(request)];
}

/** An apply that creates needs both rights. */
const madeByPatch = (request: AppRequest): readonly Use[] =>
  request.verb === 'patch' && request.code === CREATED ? [{ ...request, verb: 'create' }] : [];

/** Nobody can grant what he does not hold: who has a server's Role accepted uses all that stands in it. */
function heldToGrant(request: AppRequest, grants: readonly Grant[]): readonly Use[] {
  const { app, resource, code } = request;
  if (app !== 'operator' || resource !== 'roles' || code !== CREATED) return [];
  return grants
    .filter((granted) => granted.app === 'server')
    .map(({ group, resource: held, verb }) => ({ ...request, group, resource: held, verb, name: '' }));
}

/** Whose reference holds its owner must be allowed to hold it: OwnerReferencesPermissionEnforcement. */
function heldToOwn(request: AppRequest): readonly Use[] {
  const { app, resource, name, code } = request;
  if (app !== 'operator' || code !== CREATED) return [];
  if (resource === 'jobs') return [holding(request, 'agentruns')];
  return resource === 'agentruns' && SERVER_RUN.test(name) ? [holding(request, 'sympoziuminstances')] : [];
}

const holding = (request: AppRequest, owner: string): Use => ({
  ...request,
  group: 'sympozium.ai',
  resource: `${owner}/finalizers`,
  verb: 'update',
});

/** Whether it is for this that the right is given. */
export const isUseOf = (use: Use, { app, group, resource, verb, names }: Grant): boolean =>
  use.app === app &&
  use.group === group &&
  use.resource === resource &&
  use.verb === verb &&
  (names === undefined || names.some((name) => name.replace(OWN, use.account) === use.name));
