import { shownObject, type ApiCall, type WatchLine } from './api-call.js';

/** Paths of collections in a sequence's namespace. */
export const CONFIG_MAPS = '/api/v1/namespaces/{ns}/configmaps';
export const SECRETS = '/api/v1/namespaces/{ns}/secrets';
export const PODS = '/api/v1/namespaces/{ns}/pods';
export const SERVICES = '/api/v1/namespaces/{ns}/services';
export const JOBS = '/apis/batch/v1/namespaces/{ns}/jobs';
export const DEPLOYMENTS = '/apis/apps/v1/namespaces/{ns}/deployments';
export const ROLES = '/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/roles';
export const ROLE_BINDINGS = '/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/rolebindings';
export const LEASES = '/apis/coordination.k8s.io/v1/namespaces/{ns}/leases';
export const INSTANCES = '/apis/sympozium.ai/v1alpha1/namespaces/{ns}/sympoziuminstances';
export const RUNS = '/apis/sympozium.ai/v1alpha1/namespaces/{ns}/agentruns';

export const JSON_PATCH = 'application/json-patch+json';
export const MERGE_PATCH = 'application/merge-patch+json';
export const STRATEGIC_PATCH = 'application/strategic-merge-patch+json';
const APPLY_PATCH = 'application/apply-patch+yaml';

export const get = (path: string, accept?: string): ApiCall => ({ method: 'GET', path, ...(accept && { accept }) });
export const post = (path: string, body: unknown): ApiCall => ({ method: 'POST', path, body });
export const put = (path: string, body: unknown): ApiCall => ({ method: 'PUT', path, body });
export const patch = (path: string, contentType: string, body: unknown): ApiCall => ({
  method: 'PATCH',
  path,
  contentType,
  body,
});
export const remove = (path: string, body?: unknown): ApiCall => ({
  method: 'DELETE',
  path,
  ...(body !== undefined && { body }),
});
/** A server-side apply by a manager. */
export const apply = (path: string, manager: string, body: unknown, more = ''): ApiCall =>
  patch(`${path}?fieldManager=${manager}${more}`, APPLY_PATCH, body);

/** A watch's events; bookmarks that come now and then are each server's own. */
export const watching = (call: ApiCall): ApiCall => ({ ...call, compared: eventsOf });

function eventsOf(body: unknown): unknown {
  const events = (Array.isArray(body) ? body : [body]) as readonly Partial<WatchLine>[];
  return events.every(isLine) ? events.filter((line) => line.type !== 'BOOKMARK' || endsInitial(line)) : body;
}

const isLine = (event: unknown): event is WatchLine =>
  typeof event === 'object' && event !== null && 'type' in event && 'object' in event;

/** A bookmark says that what was there is told. */
export const endsInitial = ({ type, object }: WatchLine): boolean =>
  type === 'BOOKMARK' && shownObject(object).metadata?.annotations !== undefined;

export const configMap = (name: string, data: Record<string, string>, metadata: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data,
});

export const container = (more: object = {}): object => ({ name: 'main', image: 'example/app:1', ...more });

export const pod = (name: string, more: object = {}, metadata: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { containers: [container()], ...more },
});

export const job = (name: string, more: object = {}, podSpec: object = {}): object => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: { template: { spec: { restartPolicy: 'Never', containers: [container()], ...podSpec } }, ...more },
});

export const deployment = (name: string, more: object = {}, podSpec: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [container()], ...podSpec } },
    ...more,
  },
});

export const service = (name: string, spec: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: name }, ports: [{ port: 80 }], ...spec },
});

export const instance = (name: string, spec: object = {}): object => ({
  apiVersion: 'sympozium.ai/v1alpha1',
  kind: 'SympoziumInstance',
  metadata: { name },
  spec: { model: { provider: 'echo', name: 'echo' }, ...spec },
});

export const run = (name: string, spec: object = {}): object => ({
  apiVersion: 'sympozium.ai/v1alpha1',
  kind: 'AgentRun',
  metadata: { name },
  spec: { instanceRef: { name: 'demo' }, task: 'Say hello', ...spec },
});
