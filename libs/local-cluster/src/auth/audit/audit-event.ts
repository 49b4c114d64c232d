import type { AuditRecord, User } from '../auth.js';

const MAX_USER_AGENT = 1024;

/** The event that stands for a record in the log; `id` is the request's, `at` the time of the stage in milliseconds. */
export function auditEvent(record: AuditRecord, id: string, at: number): object {
  const { attributes, impersonated, decision, annotations = {} } = record;
  const all = sorted({ ...annotations, ...(decision && annotationsOf(decision)) });
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: id,
    stage: stageOf(record),
    requestURI: record.requestUri,
    verb: attributes.verb,
    user: userOf(attributes.user),
    ...(impersonated && { impersonatedUser: userOf(impersonated) }),
    sourceIPs: [record.sourceIp],
    ...(record.userAgent !== '' && { userAgent: userAgentOf(record.userAgent) }),
    ...objectRefOf(record),
    responseStatus: statusOf(record),
    requestReceivedTimestamp: microTime(record.receivedAt),
    stageTimestamp: microTime(at),
    ...(Object.keys(all).length > 0 && { annotations: all }),
  };
}

/** Who is not known gets an answer before the request has begun, for the real log. */
const stageOf = ({ stage, code, attributes }: AuditRecord): string =>
  code === 401 && attributes.user.name === '' ? 'ResponseStarted' : stage;

const userOf = ({ name, uid, groups, extra }: User): object => ({
  ...(name !== '' && { username: name }),
  ...(uid !== undefined && { uid }),
  ...(groups.length > 0 && { groups }),
  ...(extra && Object.keys(extra).length > 0 && { extra: sorted(extra) }),
});

const userAgentOf = (text: string): string =>
  text.length > MAX_USER_AGENT ? `${text.slice(0, MAX_USER_AGENT)}...TRUNCATED` : text;

function objectRefOf({ attributes: { resource }, object = {} }: AuditRecord): object {
  if (!resource) return {};
  const { plural, group, version, subresource } = resource;
  return {
    objectRef: present({
      resource: plural,
      namespace: resource.namespace ?? object.namespace,
      name: resource.name ?? object.name,
      uid: object.uid,
      apiGroup: group,
      apiVersion: version,
      resourceVersion: object.resourceVersion,
      subresource,
    }),
  };
}

function statusOf({ code, reason, failure = {} }: AuditRecord): object {
  if (code < 400) return { metadata: {}, code };
  const { message, details } = failure;
  return { metadata: {}, status: 'Failure', ...present({ message, reason }), ...(details && { details }), code };
}

const annotationsOf = ({ allowed, reason }: { allowed: boolean; reason: string }): Record<string, string> => ({
  'authorization.k8s.io/decision': allowed ? 'allow' : 'forbid',
  'authorization.k8s.io/reason': reason,
});

const present = (fields: Readonly<Record<string, string | undefined>>): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''));

const sorted = <T>(fields: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));

const microTime = (milliseconds: number): string => new Date(milliseconds).toISOString().replace('Z', '000Z');
