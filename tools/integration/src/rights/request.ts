import type { AuditLine } from '../fixture/audit.js';
import { appOf, type App } from './app.js';

/** A request that one of our apps made, as the API server put it on record. */
export interface AppRequest {
  readonly app: App;
  /** Name of its ServiceAccount. */
  readonly account: string;
  readonly verb: string;
  /** Empty, as the others, where it asked for no resource. */
  readonly group: string;
  /** With its subresource: `pods/log`. */
  readonly resource: string;
  readonly namespace: string;
  /** Of the one object that was asked for. */
  readonly name: string;
  /** HTTP status. */
  readonly code: number;
}

/** Undefined if it is nobody's of ours. */
export function appRequest(line: AuditLine): AppRequest | undefined {
  const { username = '' } = line.user;
  const app = appOf(username);
  if (!app) return undefined;
  const account = username.slice(username.lastIndexOf(':') + 1);
  return { app, account, verb: line.verb, code: line.responseStatus?.code ?? 0, ...placeOf(line.objectRef) };
}

function placeOf(ref: AuditLine['objectRef']): Pick<AppRequest, 'group' | 'resource' | 'namespace' | 'name'> {
  if (!ref) return { group: '', resource: '', namespace: '', name: '' };
  const { apiGroup: group = '', subresource, namespace = '', name = '' } = ref;
  return { group, resource: subresource ? `${ref.resource}/${subresource}` : ref.resource, namespace, name };
}
