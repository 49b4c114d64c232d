import type { Kind } from '@sympozium/api';
import type { KubeClient } from '@sympozium/kube';
import { Lifecycle, type Clock, type Logger, type Random, type Runnable } from '@sympozium/process';
import { NamespaceContents } from './accounts/namespace-contents.js';
import { DeploymentController } from './apps/deployment-controller.js';
import { ReplicaSetController } from './apps/replica-set-controller.js';
import { DisruptionController } from './disruption/disruption-controller.js';
import { FinishedJobs } from './garbage/finished-jobs.js';
import { FollowKinds } from './shared/follow-kinds.js';
import { GarbageCollector } from './garbage/garbage-collector.js';
import { JobController } from './job/job-controller.js';
import { JobPodRelease } from './job/pod-release.js';
import { NamespaceDeletion } from './namespace/namespace-deletion.js';
import { NodeLifecycle } from './nodes/node-lifecycle.js';
import { PodCollector } from './nodes/pod-collector.js';
import { TaintEviction } from './nodes/taint-eviction.js';
import { Scheduler } from './scheduler/scheduler.js';
import { EndpointSliceController } from './services/endpoint-slice-controller.js';
import type { ControllerContext } from './shared/context.js';
import { EventRecorder } from './shared/event-recorder.js';
import { SharedInformers } from './shared/informers.js';

export interface ControllersOptions {
  /** Of a user who may do everything. Binding and finalizing go through `raw`. */
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** PEM; it is put into every namespace. */
  readonly rootCa: string;
  /** Every kind that can be listed and watched now, each at one version. */
  readonly kinds: () => readonly Kind[];
  /** Tells of changes of `kinds`. Returns its own removal. */
  readonly onKindsChange: (listener: () => void) => () => void;
}

/** What a Kubernetes cluster's controller manager and scheduler do, as far as runs need it. */
export function createControllers(options: ControllersOptions): Runnable {
  const { client, clock, random, log, rootCa, kinds, onKindsChange } = options;
  const informers = new SharedInformers({ client, clock, random, log });
  const events = new EventRecorder({ client, clock, log });
  const context: ControllerContext = { client, clock, random, log, informers, events };
  const controllers = [
    new JobController(context),
    new JobPodRelease(context),
    new Scheduler(context),
    new NamespaceContents(context, rootCa),
    new GarbageCollector(context),
    new FinishedJobs(context),
    new NamespaceDeletion(context),
    new ReplicaSetController(context),
    new DeploymentController(context),
    new EndpointSliceController(context),
    new DisruptionController(context),
    new NodeLifecycle(context),
    new TaintEviction(context),
    new PodCollector(context),
  ];
  return new Lifecycle(
    'controllers',
    [new FollowKinds(informers, kinds, onKindsChange), informers, events, ...controllers],
    log,
  );
}
