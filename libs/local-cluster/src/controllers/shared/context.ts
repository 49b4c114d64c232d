import type { KubeClient } from '@sympozium/kube';
import type { Clock, Logger, Random } from '@sympozium/process';
import type { EventRecorder } from './event-recorder.js';
import type { SharedInformers } from './informers.js';

/** What every controller works with. */
export interface ControllerContext {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly informers: SharedInformers;
  readonly events: EventRecorder;
}
