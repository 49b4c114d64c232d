import { Lifecycle, type Runnable } from '@sympozium/process';
import { createAdmission } from './admission/index.js';
import {
  AuditLogFile,
  createRights,
  oidcDiscovery,
  ownerRights,
  RbacAuthorizer,
  rbacEscalation,
  reviewHandlers,
  RoleAggregation,
  ServiceAccountTokens,
  StaticTokens,
  tokenRequest,
  TokenReviewers,
} from './auth/index.js';
import type { User } from './auth/auth.js';
import { builtinResources } from './builtin/index.js';
import { createControllers } from './controllers/index.js';
import { CrdController, createCrdAdmission } from './crd/index.js';
import { EventExpiry } from './event-expiry.js';
import { FirstObjects } from './first-objects.js';
import { kindsOf } from './kinds-of.js';
import type { Layout } from './layout.js';
import type { LocalClusterOptions, LocalUser } from './local-cluster-options.js';
import { LocalKubeClient } from './local-kube-client.js';
import type { Pki } from './pki.js';
import { rawCalls } from './raw-calls.js';
import { createResourceRegistry } from './resources/registry.js';
import { createObjectApi } from './rest/create-object-api.js';
import type { Admission } from './rest/object-api.js';
import { createApiServer, createPodRoads, podHandlers, type ApiServer } from './server/index.js';
import type { RevisionStore } from './storage/index.js';

export type Settings = Required<LocalClusterOptions>;

/** What stands before the parts do. */
export interface Foundation {
  readonly layout: Layout;
  readonly pki: Pki;
  readonly store: RevisionStore;
  readonly users: readonly (LocalUser & { readonly token: string })[];
}

/** A local cluster's parts, not started yet. */
export interface Parts {
  readonly server: ApiServer;
  /** Answers requests; nothing is there yet but what a former start left. */
  readonly api: Runnable;
  /** Goes on from there: first objects, and controllers. */
  readonly rest: Runnable;
  /** Lets go of what is open, once the parts have stopped. */
  close(): Promise<void>;
}

/** The server itself, as whom its own parts act. */
const SELF: User = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] };
const CONTROLLERS: User = { name: 'kube-controller-manager', groups: SELF.groups };
/** Inside the loopback range, so that Services need no rights and meet no other network. */
const SERVICE_RANGE = '127.96.0.0/16';
/** ClusterIP of the Service `kubernetes`: the range's first. */
export const SERVICE_ADDRESS = '127.96.0.1';
/** The Kubernetes whose answers these are. */
const VERSION = {
  major: '1',
  minor: '37',
  gitVersion: 'v1.37.2+sympozium',
  platform: `${process.platform}/${process.arch}`,
};

/** The whole object graph, top to bottom. */
export function compose(settings: Settings, { layout, pki, store, users }: Foundation): Parts {
  const { clock, random, log, port } = settings;
  const revision = (): number => store.revision;
  const registry = createResourceRegistry();
  for (const resource of builtinResources()) registry.add(resource);
  const authorizer = new RbacAuthorizer(store);
  const admission = inOrder(
    createRights(authorizer),
    createAdmission({ store, random, serviceRange: SERVICE_RANGE }),
    createCrdAdmission(store),
    rbacEscalation(authorizer),
    ownerRights(authorizer, registry),
  );
  const api = createObjectApi({ store, admission, clock, random });
  const tokens = new ServiceAccountTokens({ store, keys: pki.signing, clock, random });
  const authenticator = new TokenReviewers(new StaticTokens(users), tokens);
  const audit = new AuditLogFile({ path: layout.auditLog, clock, random, log });
  const handlers = new Map([
    ...podHandlers({ api, registry, clock }),
    ...reviewHandlers({ authenticator, authorizer, clock }),
    ['/serviceaccounts/token', tokenRequest({ store, tokens, clock })] as const,
  ]);
  const pods = createPodRoads({ api, registry, kubelet: { ...pki.kubeletClient, ca: pki.ca } });
  const server: ApiServer = createApiServer({
    ...{ api, registry, revision, authenticator, authorizer, audit, handlers, pods, port, clock, log },
    tls: pki.server,
    version: VERSION,
    documents: new Map([
      ['/.well-known/openid-configuration', () => oidcDiscovery(`https://127.0.0.1:${server.port}`)],
      ['/openid/v1/jwks', () => tokens.jwks()],
    ]),
  });
  const client = new LocalKubeClient({
    ...{ api, registry, clock, revision },
    user: CONTROLLERS,
    raw: rawCalls(registry, handlers, CONTROLLERS),
  });
  const controllers = createControllers({
    ...{ client, clock, random, log },
    rootCa: pki.ca,
    kinds: () => kindsOf(registry),
    onKindsChange: (listener) => registry.onChange(listener),
  });
  const crds = new CrdController({ store, registry, api, clock, random, log });
  const expiry = new EventExpiry({ store, clock, random, log });
  const rest = new Lifecycle(
    'controllers',
    [
      new FirstObjects({ api, registry, store, user: SELF, address: SERVICE_ADDRESS, port: () => server.port }),
      new RoleAggregation({ api, registry, store, user: SELF, log }),
      ...(settings.controllers ? [controllers] : []),
    ],
    log,
  );
  return {
    server,
    api: new Lifecycle('API', [crds, expiry, server], log),
    rest,
    close: async () => {
      await client.close();
      authorizer.close();
      await audit.close();
      await store.close();
    },
  };
}

/** Several in turn; the first that refuses has refused. */
const inOrder = (...admissions: readonly Admission[]): Admission => ({
  admit: (request) => {
    for (const { admit } of admissions) admit?.(request);
  },
  judge: (request) => {
    for (const { judge } of admissions) judge?.(request);
  },
});
