import type { SympoziumInstance } from '@sympozium/api';
import type { Informer } from '@sympozium/kube';
import type { Clock, Logger, Metrics, Random } from '@sympozium/process';
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { KeyRing } from './keys/key-ring.js';
import { AuthThrottle } from './limits/auth-throttle.js';
import { Places } from './limits/places.js';
import { RateLimits, type CompleteRateLimit } from './limits/rate-limits.js';
import { McpSessions } from './mcp/sessions.js';
import { ToolCalls } from './mcp/tool-calls.js';
import { authentication, type AuthenticationOptions } from './plugins/authentication.js';
import { closing } from './plugins/closing.js';
import { cors, corsOfModel } from './plugins/cors.js';
import { connectionErrors, errors, sendError } from './plugins/errors.js';
import { inFlight } from './plugins/in-flight.js';
import { rateLimit } from './plugins/rate-limit.js';
import { requestIdHeader, requestIdOf, requestIds } from './plugins/request-id.js';
import { requestMetrics } from './plugins/request-metrics.js';
import { chatCompletionRoutes } from './routes/chat-completions.js';
import { healthRoutes } from './routes/health.js';
import { mcpSseRoutes } from './routes/mcp-sse.js';
import { modelRoutes } from './routes/models.js';
import type { Catalogue } from './runs/catalogue.js';
import type { Readiness } from './runs/readiness.js';
import type { RunDesk } from './runs/run-desk.js';

interface AppSettings {
  /** Bytes of the largest body. */
  readonly bodyLimit: number;
  /** Most requests at once. */
  readonly maxInFlight: number;
  /** What a key may do of which neither the key's entry nor the instance says anything. */
  readonly rateLimit: CompleteRateLimit;
  /** Addresses of gateways whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
}

export interface AppDependencies {
  readonly settings: AppSettings;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly keys: { readonly ring: KeyRing };
  readonly catalogue: Catalogue;
  /** Tells when what the catalogue holds has changed. */
  readonly instances: Pick<Informer<SympoziumInstance>, 'onEvent'>;
  readonly desk: RunDesk;
  readonly readiness: Readiness;
  /** Aborted when the proxy is to stop, while it still takes requests. */
  readonly draining: AbortSignal;
  /** Aborted when it can wait no longer for what it has begun. */
  readonly stopping: AbortSignal;
}

const HEADERS_MS = 15_000;
const BODY_MS = 30_000;
/** Longer than gateways keep idle connections, so that never a request meets one that is just being closed. */
const KEEP_ALIVE_MS = 75_000;

/** The web proxy's HTTP side, complete but for listening. */
export async function buildApp(dependencies: AppDependencies): Promise<FastifyInstance> {
  const { settings, random, log, readiness, clock, metrics, catalogue, draining } = dependencies;
  const newRequestId = requestIds(random);
  const app = fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestIdOf(newRequestId),
    // The few lines that are logged name their request; a logger of its own for each is not needed.
    childLoggerFactory: (logger) => logger,
    bodyLimit: settings.bodyLimit,
    trustProxy: settings.trustedProxies.length > 0 ? [...settings.trustedProxies] : false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: BODY_MS,
    // A request without Host is refused in our own error form, below.
    http: { headersTimeout: HEADERS_MS, connectionsCheckingInterval: 1_000, requireHostHeader: false },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    clientErrorHandler: connectionErrors(newRequestId, log),
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply),
  });
  app.removeContentTypeParser('text/plain');
  // Of Expect only 100-continue means something, and Node sees to that; the rest would get a bare 417.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  await app.register(requestIdHeader);
  await app.register(requestMetrics, { metrics, clock });
  await app.register(closing, { draining });
  await app.register(errors);
  await app.register(cors, { catalogue });
  await app.register(healthRoutes, { readiness });
  const shared = { ...dependencies, ...guards(dependencies) };
  await app.register(v1, { ...shared, prefix: '/v1' });
  await app.register(mcp, shared);
  return app;
}

/** What keeps callers within their bounds, whichever door they take. */
const guards = ({ settings, clock }: AppDependencies) => ({
  throttle: new AuthThrottle(clock),
  limits: new RateLimits(settings.rateLimit, clock),
  places: new Places(settings.maxInFlight),
});

type Guarded = AppDependencies & ReturnType<typeof guards>;

/** OpenAI's routes. */
async function v1(app: FastifyInstance, dependencies: Guarded): Promise<void> {
  const { catalogue, places, limits, desk, clock, stopping } = dependencies;
  await app.register(inFlight, { places });
  await app.register(authentication, authenticationOptions(dependencies));
  await app.register(modelRoutes, { catalogue });
  await app.register(async (runs) => {
    await runs.register(corsOfModel, { catalogue });
    await runs.register(rateLimit, { limits, catalogue });
    await runs.register(chatCompletionRoutes, { desk, catalogue, clock, stopping });
  });
}

/** MCP's routes. */
async function mcp(app: FastifyInstance, dependencies: Guarded): Promise<void> {
  const { catalogue, places, instances } = dependencies;
  const sessions = new McpSessions({ ...dependencies, calls: new ToolCalls(dependencies) });
  instances.onEvent(() => sessions.tellChanges());
  await app.register(authentication, authenticationOptions(dependencies));
  await app.register(mcpSseRoutes, { sessions, catalogue, places });
}

const authenticationOptions = ({ settings, keys, clock, throttle }: Guarded): AuthenticationOptions => ({
  keys,
  clock,
  throttle,
  bodyLimit: settings.bodyLimit,
});
