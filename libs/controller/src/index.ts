export { Controller, type ControllerOptions, type Reconciled } from './controller.js';
export { LeaderElection, type LeaderElectionOptions } from './leader-election.js';
export { keyOf, objectKey, parseObjectKey } from './object-key.js';
export { OwnWrites } from './own-writes.js';
export { WorkQueue, type WorkQueueOptions } from './work-queue.js';
