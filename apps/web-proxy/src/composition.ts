import type { AgentRun, SympoziumInstance } from '@sympozium/api';
import { Container, token, type Token } from '@sympozium/di';
import { createInformer, type Informer, type InformerDependencies, type KubeClient } from '@sympozium/kube';
import {
  createLogger,
  Lifecycle,
  Metrics,
  systemClock,
  systemRandom,
  together,
  type Clock,
  type Logger,
  type Random,
  type Runnable,
} from '@sympozium/process';
import { InformerRunStatus } from '@sympozium/run-client';
import type { FastifyInstance } from 'fastify';
import { buildApp } from './app.js';
import { Drain } from './drain.js';
import { HttpServer } from './http-server.js';
import { KeyFolder } from './keys/key-folder.js';
import { KeySecret } from './keys/key-secret.js';
import type { KeySource } from './keys/key-source.js';
import { buildMetricsApp } from './metrics-app.js';
import { Catalogue } from './runs/catalogue.js';
import { Readiness } from './runs/readiness.js';
import { RunDesk } from './runs/run-desk.js';
import { watchedInstances, watchedRuns } from './runs/watched.js';
import { streamUrl, type Settings } from './settings.js';
import { buildStreamApp } from './stream/stream-app.js';
import { StreamHub } from './stream/stream-hub.js';
import { ClusterTokenVerifier } from './stream/token-verifier.js';

const CLIENT = token<KubeClient>('client');
export const CLOCK = token<Clock>('clock');
const RANDOM = token<Random>('random');
export const LOG = token<Logger>('log');
const METRICS = token<Metrics>('metrics');
const INSTANCES = token<Informer<SympoziumInstance>>('instances');
const RUNS = token<Informer<AgentRun>>('runs');
const KEYS = token<KeySource>('keys');
const READINESS = token<Readiness>('readiness');
const HUB = token<StreamHub>('hub');
const STREAM_SERVER = token<HttpServer>('stream server');
const DESK = token<RunDesk>('desk');
const CATALOGUE = token<Catalogue>('catalogue');
const DRAIN = token<Drain>('drain');

/** The web proxy as one thing that starts and stops. */
export interface WebProxy {
  readonly runnable: Runnable;
  readonly log: Logger;
  /** What the log line `ready` says. */
  describe(): { readonly port: number; readonly streamPort: number; readonly metricsPort: number };
}

/** Registers what the web proxy is made of; a test registers its own client or clock after it. */
export function register(settings: Settings, client: KubeClient): Container {
  const { SYMPOZIUM_NAMESPACE: namespace, SYMPOZIUM_INSTANCE: instance } = settings;
  const served = { namespace, instance };
  return new Container()
    .value(CLIENT, client)
    .value(CLOCK, systemClock)
    .value(RANDOM, systemRandom)
    .value(METRICS, new Metrics())
    .factory(LOG, () => createLogger({ name: 'web-proxy', level: settings.LOG_LEVEL }))
    .factory(INSTANCES, (r) => createInformer(basics(r), watchedInstances(served)))
    .factory(RUNS, (r) => createInformer(basics(r), watchedRuns(served)))
    .factory(KEYS, (r) => keySource(settings, basics(r)))
    .factory(
      READINESS,
      (r) => new Readiness({ ...basics(r), keys: r.get(KEYS), informers: [r.get(INSTANCES), r.get(RUNS)] }),
    )
    .factory(DRAIN, (r) => {
      const { DRAIN_MS: drainMs, GRACE_MS: graceMs } = settings;
      return new Drain({ ...basics(r), readiness: r.get(READINESS), drainMs, graceMs });
    })
    .factory(CATALOGUE, (r) => new Catalogue(r.get(INSTANCES).store, namespace))
    .factory(HUB, (r) => new StreamHub(r.get(CLOCK), r.get(LOG)))
    .factory(STREAM_SERVER, (r) => {
      const verifier = new ClusterTokenVerifier({ ...basics(r), namespace });
      const app = buildStreamApp({ ...basics(r), hub: r.get(HUB), verifier });
      return server(r.get(CLOCK), 'run stream', app, [settings.STREAM_HOST, settings.STREAM_PORT]);
    })
    .factory(DESK, (r) => {
      const status = new InformerRunStatus(r.get(RUNS), basics(r));
      const url = (): string => streamUrl(settings, r.get(STREAM_SERVER).port);
      return new RunDesk({
        ...basics(r),
        metrics: r.get(METRICS),
        status,
        hub: r.get(HUB),
        streamUrl: url,
        ...(instance !== undefined && { idempotencyScope: instance }),
      });
    });
}

/** Builds the apps and puts everything in the order in which it starts. */
export async function compose(settings: Settings, container: Container): Promise<WebProxy> {
  const { clock, log } = basics(container);
  const [keys, readiness, drain] = [container.get(KEYS), container.get(READINESS), container.get(DRAIN)];
  const metrics = container.get(METRICS);
  const app = await buildApp({
    ...basics(container),
    settings: appSettings(settings),
    metrics,
    keys,
    readiness,
    catalogue: container.get(CATALOGUE),
    instances: container.get(INSTANCES),
    desk: container.get(DESK),
    draining: drain.draining,
    stopping: drain.signal,
  });
  const metricsApp = await buildMetricsApp({ metrics, readiness, log });
  const http = server(clock, 'HTTP API', app, [settings.HOST, settings.PORT]);
  const probes = server(clock, 'metrics', metricsApp, [settings.HOST, settings.METRICS_PORT]);
  const stream = container.get(STREAM_SERVER);
  const known = together('caches', [keys, container.get(INSTANCES), container.get(RUNS)]);
  const parts = [probes, known, stream, http, drain];
  return {
    runnable: new Lifecycle('web proxy', parts, log),
    log,
    describe: () => ({ port: http.port, streamPort: stream.port, metricsPort: probes.port }),
  };
}

/** What nearly everything needs. */
const basics = (r: { get<T>(token: Token<T>): T }) => ({
  client: r.get(CLIENT),
  clock: r.get(CLOCK),
  random: r.get(RANDOM),
  log: r.get(LOG),
});

const keySource = ({ keys, SYMPOZIUM_NAMESPACE: namespace }: Settings, r: InformerDependencies): KeySource =>
  'secret' in keys ? new KeySecret({ namespace, name: keys.secret }, r) : new KeyFolder(keys.folder, r);

const server = (
  clock: Clock,
  name: string,
  app: FastifyInstance,
  [host, port]: readonly [string, number],
): HttpServer => new HttpServer({ name, app, host, port, clock });

const appSettings = (settings: Settings) => ({
  bodyLimit: settings.BODY_LIMIT,
  maxInFlight: settings.MAX_IN_FLIGHT,
  rateLimit: {
    requestsPerMinute: settings.REQUESTS_PER_MINUTE,
    burst: settings.BURST,
    maxConcurrent: settings.MAX_CONCURRENT,
  },
  trustedProxies: settings.TRUSTED_PROXIES.split(',')
    .map((address) => address.trim())
    .filter((address) => address !== ''),
});
