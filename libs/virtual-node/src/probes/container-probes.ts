import type { V1Probe } from '@kubernetes/client-node';
import type { Clock } from '@sympozium/process';
import type { Container } from '../pod.js';
import type { ContainerSite } from './container-site.js';
import { probeSchedule } from './probe-schedule.js';
import { ProbeWorker } from './probe-worker.js';
import { proberOf } from './prober.js';

/** What probes say of a running container. */
export interface Health {
  readonly started: boolean;
  readonly ready: boolean;
}

/** Why a container has to be started anew. */
export interface Unhealthy {
  readonly probe: 'liveness' | 'startup';
  readonly failure: string;
  /** The probe's own grace for the container's end. */
  readonly graceSeconds: number | undefined;
}

export interface ContainerProbesOptions {
  readonly clock: Clock;
  readonly site: ContainerSite;
  readonly onHealth: (health: Health) => void;
  readonly onUnhealthy: (unhealthy: Unhealthy) => void;
}

export const isProbed = ({ startupProbe, livenessProbe, readinessProbe }: Container): boolean =>
  [startupProbe, livenessProbe, readinessProbe].some((probe) => probe !== undefined);

/** The probes of one run of a container: the startup probe first, then liveness and readiness side by side. */
export class ContainerProbes {
  readonly #options: ContainerProbesOptions;
  readonly #startedAt: number;
  #workers: ProbeWorker[] = [];
  #health: Health;

  constructor(options: ContainerProbesOptions) {
    this.#options = options;
    this.#startedAt = options.clock.now();
    const { startupProbe, readinessProbe } = options.site.container;
    this.#health = { started: !startupProbe, ready: !startupProbe && !readinessProbe };
    if (startupProbe) this.#watchStartup(startupProbe);
    else this.#watchLife();
  }

  get health(): Health {
    return this.#health;
  }

  stop(): void {
    for (const worker of this.#workers.splice(0)) worker.stop();
  }

  #watchStartup(probe: V1Probe): void {
    this.#watch(probe, true, (ok, failure) => {
      this.stop();
      if (!ok) return this.#unhealthy('startup', probe, failure);
      this.#set({ started: true, ready: !this.#options.site.container.readinessProbe });
      this.#watchLife();
    });
  }

  #watchLife(): void {
    const { livenessProbe, readinessProbe } = this.#options.site.container;
    if (readinessProbe) this.#watch(readinessProbe, true, (ready) => this.#set({ started: true, ready }));
    if (!livenessProbe) return;
    this.#watch(livenessProbe, false, (ok, failure) => {
      if (!ok) this.#unhealthy('liveness', livenessProbe, failure);
    });
  }

  #watch(probe: V1Probe, eager: boolean, onVerdict: (ok: boolean, failure: string) => void): void {
    const { clock, site } = this.#options;
    const prober = proberOf(probe, site);
    this.#workers.push(
      new ProbeWorker({ clock, schedule: probeSchedule(probe), prober, eager, onVerdict }, this.#startedAt),
    );
  }

  #unhealthy(name: Unhealthy['probe'], probe: V1Probe, failure: string): void {
    this.#options.onUnhealthy({ probe: name, failure, graceSeconds: probe.terminationGracePeriodSeconds });
  }

  #set(health: Health): void {
    if (health.ready === this.#health.ready && health.started === this.#health.started) return;
    this.#health = health;
    this.#options.onHealth(health);
  }
}
