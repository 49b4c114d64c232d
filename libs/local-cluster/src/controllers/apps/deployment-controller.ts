import type { KubeObject } from '@sympozium/api';
import { Controller, OwnWrites, parseObjectKey, type Reconciled } from '@sympozium/controller';
import { isAlreadyExists, isNotFound, type Informer } from '@sympozium/kube';
import type { Runnable } from '@sympozium/process';
import { isDeepStrictEqual } from 'node:util';
import { Claims } from '../shared/claims.js';
import type { ControllerContext } from '../shared/context.js';
import { MANAGER } from '../shared/manager.js';
import type { Condition } from '../shared/kinds.js';
import { hasSeen } from '../shared/own-pods.js';
import { timestamp } from '../shared/time.js';
import { unlessGone } from '../shared/unless-gone.js';
import { condition, countedStatus, deadlineMs, isComplete, progresses, withCondition } from './deployment-status.js';
import { annotationsFor, newReplicaSet, REVISION, revisionOf } from './new-replica-set.js';
import { DEPLOYMENT, REPLICA_SET, replicasOf } from './replica-set.js';
import type { Deployment, DeploymentStatus, ReplicaSet } from './replica-set.js';
import { newReplicas, oldReplicas } from './rollout.js';
import { sameTemplate } from './template-hash.js';

const COMPONENT = 'deployment-controller';

/** A Deployment as one reconcile sees it; `conditions` are those to be written. */
interface View {
  readonly key: string;
  readonly deployment: Deployment;
  readonly current: ReplicaSet | undefined;
  /** By age. */
  readonly old: readonly ReplicaSet[];
  conditions: Condition[];
  /** Of the current template, once that is known. */
  revision?: number;
}

/** Rolls Deployments out: a ReplicaSet a template, scaled up and down within what the strategy allows. */
export class DeploymentController implements Runnable {
  readonly name = COMPONENT;
  readonly #context: ControllerContext;
  readonly #controller: Controller;
  readonly #deployments: Informer<Deployment>;
  readonly #sets: Informer<ReplicaSet>;
  readonly #claims: Claims<ReplicaSet, Deployment>;
  readonly #writes = new OwnWrites();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#deployments = context.informers.of(DEPLOYMENT);
    this.#sets = context.informers.of(REPLICA_SET);
    this.#claims = new Claims(context, REPLICA_SET, DEPLOYMENT);
    const { clock, random, log } = context;
    this.#controller = new Controller({
      ...{ name: COMPONENT, workers: 5, clock, random, log },
      reconcile: (key) => this.#reconcile(key),
      settled: (key) => this.#writes.settled(key),
    });
    this.#claims.onChange((key) => this.#controller.enqueue(key));
  }

  start(): Promise<void> {
    return this.#controller.start();
  }

  stop(): Promise<void> {
    return this.#controller.stop();
  }

  async #reconcile(key: string): Promise<Reconciled | void> {
    const { namespace, name } = parseObjectKey(key);
    const deployment = this.#deployments.store.get(namespace, name);
    if (!deployment) return;
    const claimed = await this.#claims.claim(deployment, (set) => this.#wrote(key, this.#sets, set));
    const sets = claimed.sort((a, b) => age(a).localeCompare(age(b)) || a.metadata.name.localeCompare(b.metadata.name));
    const current = sets.find((set) => sameTemplate(set.spec.template, deployment.spec.template));
    const old = sets.filter((set) => set !== current);
    const view: View = {
      key,
      deployment: { ...deployment },
      current,
      old,
      conditions: [...(deployment.status?.conditions ?? [])],
    };
    if (deployment.metadata.deletionTimestamp === undefined) await this.#rollOut(view);
    return unlessGone(this.#writeStatus(view));
  }

  /** One step; what it changes comes back as an event, and the next step follows. */
  async #rollOut(view: View): Promise<void> {
    const { deployment, current, old } = view;
    this.#tellPause(view);
    if (deployment.spec.paused) return;
    if (deployment.spec.strategy?.type === 'Recreate' && (await this.#makeRoom(view))) return;
    const wanted = newReplicas(deployment, current, old);
    if (!current) return this.#create(view, wanted);
    await this.#keepAnnotations(view, current);
    if (replicasOf(current) !== wanted) return this.#scale(view, current, wanted);
    for (const [set, replicas] of oldReplicas(deployment, current, old)) await this.#scale(view, set, replicas);
    if (isComplete(deployment, deployment.status ?? {})) await this.#forgetOld(view);
  }

  /** Recreate: nothing of the new template before all of the old ones is gone. Returns whether that is awaited. */
  async #makeRoom(view: View): Promise<boolean> {
    const active = view.old.filter((set) => replicasOf(set) > 0);
    for (const set of active) await this.#scale(view, set, 0);
    const left = ({ status }: ReplicaSet): number => (status?.replicas ?? 0) + (status?.terminatingReplicas ?? 0);
    return active.length > 0 || view.old.some((set) => left(set) > 0);
  }

  async #create(view: View, replicas: number): Promise<void> {
    const { client, clock } = this.#context;
    const { key, deployment, old } = view;
    const revision = Math.max(0, ...old.map(revisionOf)) + 1;
    const set = newReplicaSet(deployment, replicas, revision);
    try {
      const created = await client.create<ReplicaSet>(REPLICA_SET, set, MANAGER);
      this.#wrote(key, this.#sets, created);
    } catch (error) {
      if (isAlreadyExists(error)) await this.#collide(view);
      throw error;
    }
    const { name } = set.metadata;
    const text = ['NewReplicaSetCreated', `Created new replica set "${name}"`] as const;
    view.conditions = withCondition(view.conditions, condition('Progressing', 'True', text, timestamp(clock)));
    if (replicas > 0) this.#tellScaling(deployment, `Scaled up replica set ${name} from 0 to ${replicas}`);
    view.revision = revision;
  }

  /** The name is taken by a ReplicaSet of another template: the next try takes another name. */
  async #collide({ key, deployment }: View): Promise<void> {
    const { status } = deployment;
    const next = { ...deployment, status: { ...status, collisionCount: (status?.collisionCount ?? 0) + 1 } };
    const options = { ...MANAGER, subresource: 'status' } as const;
    this.#wrote(key, this.#deployments, await this.#context.client.replace(DEPLOYMENT, next, options));
  }

  /** A template that comes back becomes the newest revision. */
  async #keepAnnotations(view: View, current: ReplicaSet): Promise<void> {
    const { deployment, old } = view;
    const newest = Math.max(0, ...old.map(revisionOf));
    const revision = Math.max(revisionOf(current), newest + 1);
    const annotations = annotationsFor(deployment, revision, current.metadata.annotations);
    const { minReadySeconds = 0 } = deployment.spec;
    const ready = (current.spec.minReadySeconds ?? 0) === minReadySeconds ? {} : { spec: { minReadySeconds } };
    if ('spec' in ready || !isDeepStrictEqual(annotations, { ...current.metadata.annotations })) {
      const body = { metadata: { annotations }, ...ready };
      await this.#patch(view, current, body);
    }
    view.revision = revision;
    if (view.conditions.some(({ type }) => type === 'Progressing')) return;
    const text = ['FoundNewReplicaSet', `Found new replica set "${current.metadata.name}"`] as const;
    const next = condition('Progressing', 'True', text, timestamp(this.#context.clock));
    view.conditions = withCondition(view.conditions, next);
  }

  async #scale(view: View, set: ReplicaSet, replicas: number): Promise<void> {
    const from = replicasOf(set);
    if (from === replicas) return;
    const annotations = annotationsFor(view.deployment, revisionOf(set), set.metadata.annotations);
    await this.#patch(view, set, { metadata: { annotations }, spec: { replicas } });
    const direction = replicas > from ? 'up' : 'down';
    const { name } = set.metadata;
    this.#tellScaling(view.deployment, `Scaled ${direction} replica set ${name} from ${from} to ${replicas}`);
  }

  async #patch({ key }: View, set: ReplicaSet, change: { metadata: object; spec?: object }): Promise<void> {
    const { namespace = '', name, uid } = set.metadata;
    const body = { ...change, metadata: { ...change.metadata, uid } };
    const patch = { type: 'merge', body } as const;
    this.#wrote(key, this.#sets, await this.#context.client.patch(REPLICA_SET, { namespace, name }, patch, MANAGER));
  }

  /** Old ReplicaSets without Pods beyond the history limit go, the oldest first. */
  async #forgetOld({ deployment, old }: View): Promise<void> {
    const { revisionHistoryLimit = 10 } = deployment.spec;
    const empty = old.filter((set) => isIdle(set)).sort((a, b) => revisionOf(a) - revisionOf(b));
    for (const { metadata } of empty.slice(0, Math.max(0, old.length - revisionHistoryLimit))) {
      const { namespace = '', name, uid = '' } = metadata;
      try {
        await this.#context.client.delete(REPLICA_SET, { namespace, name }, { uid, propagationPolicy: 'Background' });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
  }

  #tellPause(view: View): void {
    const { deployment } = view;
    if (deployment.spec.progressDeadlineSeconds === undefined) return;
    const { reason = '' } = view.conditions.find(({ type }) => type === 'Progressing') ?? {};
    const paused = deployment.spec.paused === true;
    const now = timestamp(this.#context.clock);
    const text = paused
      ? (['DeploymentPaused', 'Deployment is paused'] as const)
      : (['DeploymentResumed', 'Deployment is resumed'] as const);
    if (reason === 'ProgressDeadlineExceeded' || paused === (reason === 'DeploymentPaused')) return;
    view.conditions = withCondition(view.conditions, condition('Progressing', 'Unknown', text, now));
  }

  #tellScaling(deployment: Deployment, message: string): void {
    this.#context.events.record(deployment, COMPONENT, { type: 'Normal', reason: 'ScalingReplicaSet', message });
  }

  async #writeStatus(view: View): Promise<Reconciled | void> {
    const { client, clock } = this.#context;
    const { key, deployment, current, old } = view;
    const now = timestamp(clock);
    const all = current ? [...old, current] : old;
    const known = { ...deployment, status: { ...deployment.status, conditions: view.conditions } };
    const status = countedStatus(known, current, all, now);
    status.conditions = progressConditions(view, status, clock.now());
    const metadata = withRevision(deployment, view.revision);
    if (!isDeepStrictEqual(deployment.status, status) || metadata !== deployment.metadata) {
      const next = { ...deployment, metadata, status } as KubeObject; // a status may bring annotations with it
      const written = await client.replace(DEPLOYMENT, next, { ...MANAGER, subresource: 'status' });
      this.#wrote(key, this.#deployments, written);
    }
    const left = deadlineMs(deployment, status, clock.now());
    return left === undefined || left <= 0 ? undefined : { recheckAfterMs: left };
  }

  #wrote(key: string, informer: Informer<Deployment> | Informer<ReplicaSet>, object: KubeObject): void {
    this.#writes.record(key, () => hasSeen(informer, object));
  }
}

const age = ({ metadata }: ReplicaSet): string => metadata.creationTimestamp ?? '';

const isIdle = (set: ReplicaSet): boolean =>
  replicasOf(set) === 0 && (set.status?.replicas ?? 0) === 0 && set.metadata.deletionTimestamp === undefined;

function withRevision({ metadata }: Deployment, revision: number | undefined): KubeObject['metadata'] {
  const { annotations } = metadata;
  if (revision === undefined || annotations?.[REVISION] === String(revision)) return metadata;
  return { ...metadata, annotations: { ...annotations, [REVISION]: String(revision) } };
}

/** `Progressing`, and a ReplicaSet's `ReplicaFailure`, as they follow from the counts. */
function progressConditions({ deployment, current, old }: View, status: DeploymentStatus, now: number): Condition[] {
  const { conditions = [] } = status;
  const next = progressOf(deployment, current, status, now);
  const told = next ? withCondition(conditions, next) : conditions;
  const failure = [...(current ? [current] : []), ...old]
    .flatMap((set) => set.status?.conditions ?? [])
    .find(({ type }) => type === 'ReplicaFailure');
  const others = told.filter(({ type }) => type !== 'ReplicaFailure');
  if (!failure) return others;
  const text = [failure.reason ?? '', failure.message ?? ''] as const;
  return withCondition(told, condition('ReplicaFailure', failure.status, text, timestamp({ now: () => now })));
}

function progressOf(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  status: DeploymentStatus,
  now: number,
): Condition | undefined {
  if (deployment.spec.progressDeadlineSeconds === undefined || deployment.spec.paused || hasEnded(status))
    return undefined;
  const who = current ? `ReplicaSet "${current.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  const at = timestamp({ now: () => now });
  const say = (condStatus: 'True' | 'False', reason: string, what: string): Condition =>
    condition('Progressing', condStatus, [reason, `${who} ${what}.`], at);
  if (isComplete(deployment, status)) return say('True', 'NewReplicaSetAvailable', 'has successfully progressed');
  if (progresses(deployment, status)) return say('True', 'ReplicaSetUpdated', 'is progressing');
  const stuck = (deadlineMs(deployment, status, now) ?? 1) <= 0;
  return stuck ? say('False', 'ProgressDeadlineExceeded', 'has timed out progressing') : undefined;
}

/** The rollout was complete before, and no other has begun. */
const hasEnded = ({ conditions, replicas, updatedReplicas }: DeploymentStatus): boolean =>
  replicas === updatedReplicas &&
  conditions?.find(({ type }) => type === 'Progressing')?.reason === 'NewReplicaSetAvailable';
