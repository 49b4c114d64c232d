import {
  AGENT_RUN,
  agentRunSpec,
  kindKey,
  ownerReference,
  runLabels,
  scheduleSpec,
  SKILL_PACK,
  skillPackSpec,
  SYMPOZIUM_INSTANCE,
  SYMPOZIUM_SCHEDULE,
  type AgentRun,
  type Kind,
  type KubeObject,
  type SkillPack,
  type SkillPackSpecInput,
  type SympoziumInstance,
  type SympoziumSchedule,
} from '@sympozium/api';
import { FakeApiServer, FakeKubeClient, isWrite, type Call } from '@sympozium/kube/testing';
import { JOB, POD, type Pod } from '@sympozium/plugin-sdk/manifests';
import { agentRun, sympoziumInstance, type InstanceParts, type RunParts } from '@sympozium/plugin-sdk/testing';
import type { Observation, OwnedKind, SkillPackPlugin } from '@sympozium/plugin-sdk';
import { FakeClock, seededRandom, settle, silentLogger } from '@sympozium/process/testing';
import { Lifecycle, type Clock, type Logger } from '@sympozium/process';
import { CoreHost } from '../core-host.js';
import type { AdmittedMode } from '../plugins/admitted-mode.js';
import { OBSERVATION } from './probe-mode.js';

export interface RigOptions {
  readonly modes: readonly AdmittedMode[];
  readonly retired?: readonly OwnedKind[];
  readonly packs?: readonly SkillPackPlugin[];
  readonly namespaces?: readonly string[];
  readonly log?: Logger;
  /** Another operator's rig: both have one server and one clock, which the first one sets. */
  readonly beside?: HostRig;
}

const NAMESPACE = 'default';
const SYSTEM_NAMESPACE = 'sympozium-system';

/** A host over an API server in memory, on a clock that the test moves; the test plays client, kubelet and Job controller. */
export class HostRig {
  readonly clock: FakeClock;
  readonly server: FakeApiServer;
  /** What server and hosts see of it: somebody may set it, while their timers go on. */
  readonly wall: Clock;
  #set = 0;
  #options: RigOptions;
  #client: FakeKubeClient;
  #hosts = 6;
  #host: CoreHost;
  #running: Lifecycle;

  constructor(options: RigOptions) {
    const { beside } = options;
    this.#options = options;
    this.clock = beside?.clock ?? new FakeClock(Date.parse('2026-01-02T03:04:05Z'));
    this.wall = beside?.wall ?? {
      now: () => this.clock.now() + this.#set,
      after: (delayMs, run) => this.clock.after(delayMs, run),
    };
    this.server =
      beside?.server ?? new FakeApiServer({ clock: this.wall, random: seededRandom(1), admit: withDefaults });
    this.#client = new FakeKubeClient({ server: this.server });
    this.#host = this.#newHost();
    this.#running = this.#lifeOf(this.#host);
  }

  /** The client of the host that runs now; a restart makes another one. */
  get client(): FakeKubeClient {
    return this.#client;
  }

  get host(): CoreHost {
    return this.#host;
  }

  /** Starts the host and waits until nothing more happens by itself. */
  async start(): Promise<void> {
    void this.#running.start();
    await this.quiet();
  }

  async stop(): Promise<void> {
    await this.#running.stop();
  }

  /** Ends the host as a killed process ends, its calls unanswered, and starts another one. */
  async restart(options: Partial<RigOptions> = {}): Promise<void> {
    this.#options = { ...this.#options, ...options };
    await this.#client.close();
    const stopped = this.#running.stop();
    await this.clock.advance(5_000);
    await stopped;
    this.#client = new FakeKubeClient({ server: this.server });
    this.#host = this.#newHost();
    this.#running = this.#lifeOf(this.#host);
    await this.start();
  }

  /** Waits until no call has been made for a while. */
  async quiet(): Promise<void> {
    for (let still = 0, calls = -1; still < 8; still += 1) {
      await settle();
      if (this.#client.calls.length !== calls) still = 0;
      calls = this.#client.calls.length;
    }
  }

  /** Plays the garbage collector, often enough for a chain of owners and finalizers. */
  async collect(): Promise<void> {
    for (let round = 0; round < 6; round += 1) {
      await this.quiet();
      this.server.collectGarbage();
    }
    await this.quiet();
  }

  /** Sets the clock forward, or back, as an administrator or NTP does. */
  setClock(byMs: number): void {
    this.#set += byMs;
  }

  async advance(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await this.quiet();
  }

  instance(parts: InstanceParts = {}): SympoziumInstance {
    return this.server.create(SYMPOZIUM_INSTANCE, sympoziumInstance(parts)) as SympoziumInstance;
  }

  /** A run as its creator makes it: with labels and owner, if its instance exists. */
  run(parts: RunParts = {}): AgentRun {
    const run = agentRun({ ...parts, spec: { mode: 'probe', ...parts.spec } });
    const instance = this.server.peek(SYMPOZIUM_INSTANCE, { namespace: NAMESPACE, name: run.spec.instanceRef.name });
    const labels = runLabels({
      run: run.metadata.name,
      instance: run.spec.instanceRef.name,
      mode: run.spec.mode ?? 'task',
    });
    const metadata = { labels, ...(instance && { ownerReferences: [ownerReference(instance)] }), ...run.metadata };
    return this.server.create(AGENT_RUN, { ...run, metadata }) as AgentRun;
  }

  /** As `kubectl apply` makes it. */
  bareRun(parts: RunParts = {}): AgentRun {
    return this.server.create(AGENT_RUN, agentRun({ ...parts, spec: { mode: 'probe', ...parts.spec } })) as AgentRun;
  }

  /** A SkillPack as somebody applies it; absent: in the namespace of instances and runs. */
  pack(name: string, spec: SkillPackSpecInput, namespace = NAMESPACE): SkillPack {
    return this.server.create(SKILL_PACK, {
      apiVersion: SKILL_PACK.apiVersion,
      kind: SKILL_PACK.kind,
      metadata: { name, namespace },
      spec: skillPackSpec.parse(spec),
    } as SkillPack) as SkillPack;
  }

  patchInstance(spec: object, name = 'demo'): void {
    this.server.patch(SYMPOZIUM_INSTANCE, { namespace: NAMESPACE, name }, { type: 'merge', body: { spec } });
  }

  /** The instance as it is stored. */
  storedInstance(name = 'demo'): SympoziumInstance | undefined {
    return this.server.peek(SYMPOZIUM_INSTANCE, { namespace: NAMESPACE, name });
  }

  patchSpec(name: string, spec: object): void {
    this.server.patch(AGENT_RUN, { namespace: NAMESPACE, name }, { type: 'merge', body: { spec } });
  }

  /** The run as it is stored. */
  stored(name = 'hello'): AgentRun | undefined {
    return this.server.peek(AGENT_RUN, { namespace: NAMESPACE, name });
  }

  jobs(): KubeObject[] {
    return this.server.objects(JOB);
  }

  /** Plays Job controller and kubelet: the Pod of the run's Job, which says what a `probeMode` shall observe. */
  pod(observation: Observation, name = 'hello'): Pod {
    const job = this.server.peek(JOB, { namespace: NAMESPACE, name });
    if (!job) throw new Error(`there is no Job ${name}`);
    return this.server.put(POD, {
      apiVersion: POD.apiVersion,
      kind: POD.kind,
      metadata: {
        namespace: NAMESPACE,
        name: `${name}-pod`,
        labels: { ...job.metadata.labels },
        annotations: { [OBSERVATION]: JSON.stringify(observation) },
        ownerReferences: [ownerReference(job)],
      },
      spec: { containers: [] },
    });
  }

  /** The host's writes for runs so far, as `POST jobs`, `PATCH agentruns/status`, `DELETE agentruns`. */
  get writes(): readonly string[] {
    return this.#client.writes.filter(isRunWrite).map(described);
  }

  /** All of its writes, those for instances and SkillPacks too. */
  get allWrites(): readonly string[] {
    return this.#client.writes.map(described);
  }

  /** The time in whole seconds, as Kubernetes stamps it. */
  now(): string {
    return `${new Date(this.wall.now()).toISOString().slice(0, 19)}Z`;
  }

  #lifeOf({ cache, controllers }: CoreHost): Lifecycle {
    return new Lifecycle('host', [cache, controllers], this.#options.log ?? silentLogger());
  }

  #newHost(): CoreHost {
    const { modes, packs = [], retired = [], namespaces = [NAMESPACE], log = silentLogger() } = this.#options;
    return new CoreHost({
      client: this.#client,
      modes,
      packs,
      retired,
      namespaces,
      systemNamespace: SYSTEM_NAMESPACE,
      clock: this.wall,
      random: seededRandom((this.#hosts += 1)),
      log,
    });
  }
}

/** The schema's defaults, which a real server fills in. */
function withDefaults(kind: Kind, object: KubeObject): void {
  if (kindKey(kind) === kindKey(SYMPOZIUM_SCHEDULE))
    Object.assign(object, { spec: scheduleSpec.parse((object as SympoziumSchedule).spec) });
  if (kindKey(kind) !== kindKey(AGENT_RUN)) return;
  const spec = agentRunSpec.parse((object as AgentRun).spec);
  Object.assign(object, { spec, status: { phase: 'Pending', ...statusOf(object) } });
}

const statusOf = (object: KubeObject): object => (object as { status?: object }).status ?? {};

/** Whether a call writes a run or what belongs to one. */
export const isRunWrite = (call: Call): boolean =>
  isWrite(call) && call.kind?.plural !== SYMPOZIUM_INSTANCE.plural && call.kind?.plural !== SKILL_PACK.plural;

const METHOD: Readonly<Record<string, string>> = { create: 'POST', patch: 'PATCH', replace: 'PUT', delete: 'DELETE' };

const described = ({ verb, kind, subresource }: Call): string =>
  `${METHOD[verb] ?? verb} ${kind?.plural ?? ''}${subresource === undefined ? '' : `/${subresource}`}`;
