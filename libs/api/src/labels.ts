/** Labels and annotations on runs and on everything they own. */
export const LABEL = {
  name: 'app.kubernetes.io/name',
  managedBy: 'app.kubernetes.io/managed-by',
  component: 'app.kubernetes.io/component',
  run: 'sympozium.ai/run',
  runUid: 'sympozium.ai/run-uid',
  instance: 'sympozium.ai/instance',
  mode: 'sympozium.ai/mode',
  /** Id of the API key that made the run; another key gets 404. */
  key: 'sympozium.ai/key',
} as const;

export const ANNOTATION = {
  /** Hash of what was wished at the last apply; see the applier. */
  appliedHash: 'sympozium.ai/applied-hash',
  /** The agent's input file, byte for byte, when it fits. */
  runInput: 'sympozium.ai/run-input',
  /** RFC 3339 with microseconds: order of runs made within one second. */
  submittedAt: 'sympozium.ai/submitted-at',
} as const;

/** Behind it a server run's children are torn down. */
export const TEARDOWN_FINALIZER = 'sympozium.ai/teardown';
