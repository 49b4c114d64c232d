import { ApiError, forbidden } from '../api-error.js';
import type { Attributes } from './auth.js';

const HARMLESS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** 403 in the words of the real server; `reason` is the authorizer's own. */
export function forbiddenError(attributes: Attributes, reason: string): ApiError {
  const text = message(attributes).replace(/[&<>]/g, (char) => HARMLESS[char] ?? char);
  const why = reason === '' ? text : `${text}: ${reason}`;
  const { resource } = attributes;
  if (!resource) return new ApiError(403, 'Forbidden', `forbidden: ${why}`, {});
  return forbidden(resource, resource.name ?? '', why);
}

function message({ user, verb, path, resource }: Attributes): string {
  const who = `User ${JSON.stringify(user.name)} cannot ${verb}`;
  if (!resource) return `${who} path ${JSON.stringify(path)}`;
  const { group, plural, subresource, namespace } = resource;
  const what = subresource === undefined ? plural : `${plural}/${subresource}`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  return `${who} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}`;
}
