import { LeaderElection } from '@sympozium/controller';
import { Container, token } from '@sympozium/di';
import { CoreHost, MODE_PLUGIN, type AdmittedMode } from '@sympozium/host';
import { ApiReach, type KubeClient } from '@sympozium/kube';
import type { OwnedKind, SkillPackPlugin } from '@sympozium/plugin-sdk';
import {
  createLogger,
  Lifecycle,
  Metrics,
  systemClock,
  systemRandom,
  type Clock,
  type Logger,
  type Random,
} from '@sympozium/process';
import { HealthServer } from './health-server.js';
import { leaseOf } from './lease.js';
import type { OperatorSettings } from './settings.js';

const CLIENT = token<KubeClient>('Kubernetes client');
export const LOG = token<Logger>('log');
export const CLOCK = token<Clock>('clock');
const RANDOM = token<Random>('random');
const METRICS = token<Metrics>('metrics');
/** Absent when the operator is alone. */
const LEADER_ELECTION = token<LeaderElection | undefined>('leader election');
const CORE_HOST = token<CoreHost>('core host');
export const HEALTH_SERVER = token<HealthServer>('health server');
export const OPERATOR = token<Lifecycle>('operator');

/** What exists before the graph does: all that had to be read or waited for. */
export interface OperatorParts {
  readonly settings: OperatorSettings;
  readonly client: KubeClient;
  readonly modes: readonly AdmittedMode[];
  /** Applied as objects in the operator's namespace. */
  readonly packs: readonly SkillPackPlugin[];
  /** Kinds of plugins that are switched off: what they made is removed. */
  readonly retired: readonly OwnedKind[];
}

/** The operator's object graph. Nothing is made before it is asked for, so whatever is registered later counts. */
export function composeOperator({ settings, client, modes, packs, retired }: OperatorParts): Container {
  const container = new Container();
  for (const mode of modes) container.value(MODE_PLUGIN, mode);
  return container
    .value(CLIENT, client)
    .factory(LOG, () => createLogger({ name: 'operator', level: settings.logLevel }))
    .value(CLOCK, systemClock)
    .value(RANDOM, systemRandom)
    .factory(METRICS, () => new Metrics())
    .factory(
      CORE_HOST,
      (the) =>
        new CoreHost({
          client: the.get(CLIENT),
          modes: the.getAll(MODE_PLUGIN),
          packs,
          retired,
          namespaces: settings.namespaces,
          systemNamespace: settings.systemNamespace,
          clock: the.get(CLOCK),
          random: the.get(RANDOM),
          log: the.get(LOG),
          metrics: the.get(METRICS),
        }),
    )
    .factory(LEADER_ELECTION, (the) => {
      if (!settings.leaderElection) return undefined;
      const random = the.get(RANDOM);
      const options = {
        client: the.get(CLIENT),
        ...leaseOf(settings, random),
        clock: the.get(CLOCK),
        random,
        log: the.get(LOG),
        metrics: the.get(METRICS),
      };
      return new LeaderElection(options, the.get(CORE_HOST).controllers);
    })
    .factory(HEALTH_SERVER, (the) => {
      const { cache } = the.get(CORE_HOST);
      const election = the.get(LEADER_ELECTION);
      const api = new ApiReach(the.get(CLIENT), the.get(CLOCK));
      const missing = async (): Promise<string[]> => [
        ...(election?.problem ? [election.problem] : []),
        ...cache.unsynced.map((name) => `the ${name} has not synced; the log says why`),
        ...((await api.reachable()) ? [] : ['the Kubernetes API server cannot be reached']),
      ];
      return new HealthServer({ host: settings.host, port: settings.port, metrics: the.get(METRICS), missing });
    })
    .factory(OPERATOR, (the) => {
      const connection = { name: 'connection', start: async () => {}, stop: () => the.get(CLIENT).close() };
      const { cache, controllers } = the.get(CORE_HOST);
      // A standby watches, too, so that it goes on at once where the leader ended.
      const work = the.get(LEADER_ELECTION) ?? controllers;
      return new Lifecycle('operator', [connection, the.get(HEALTH_SERVER), cache, work], the.get(LOG));
    });
}
