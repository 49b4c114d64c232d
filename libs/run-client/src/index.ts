export { buildRun, requestDigest, type NewAgentRun, type RunRequest } from './build-run.js';
export { cancelRun } from './cancel.js';
export { followRun, OBSTACLE_MS, type FollowOptions } from './follow.js';
export { podLogFrames } from './pod-log-frames.js';
export { idempotentRunName, randomRunName } from './run-name.js';
export { InformerRunStatus, type RunState, type RunStatusSource } from './run-status.js';
export type { RunAnswer, RunOutcome, RunUpdate, ToolCallDelta } from './run-update.js';
export { readResult, readRun } from './stored-answer.js';
export { RunSubmitter, type SubmitDependencies, type Submitted } from './submit.js';
