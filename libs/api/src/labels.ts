import { shortHash } from './names.js';

/** Labels and annotations on runs and on everything they own. */
export const LABEL = {
  name: 'app.kubernetes.io/name',
  managedBy: 'app.kubernetes.io/managed-by',
  component: 'app.kubernetes.io/component',
  /** On a SkillPack that the operator applies: the plugin that brought it. */
  plugin: 'sympozium.ai/plugin',
  run: 'sympozium.ai/run',
  runUid: 'sympozium.ai/run-uid',
  instance: 'sympozium.ai/instance',
  mode: 'sympozium.ai/mode',
  /** On a run: the schedule that started it. */
  schedule: 'sympozium.ai/schedule',
  /** Id of the API key that made the run; another key gets 404. */
  key: 'sympozium.ai/key',
} as const;

export const ANNOTATION = {
  /** Hash of what was wished at the last apply; see the applier. */
  appliedHash: 'sympozium.ai/applied-hash',
  /** When a child is torn down; see `Stage` in the plugin contract. */
  stage: 'sympozium.ai/stage',
  /** The agent's input file, byte for byte, when it fits. */
  runInput: 'sympozium.ai/run-input',
  /** RFC 3339 with microseconds: order of runs made within one second. */
  submittedAt: 'sympozium.ai/submitted-at',
  /** Digest of the request that made the run: another request under the same Idempotency-Key is refused. */
  requestDigest: 'sympozium.ai/request-digest',
  /** On a run that a schedule's tick started: the tick, RFC 3339. */
  scheduledAt: 'sympozium.ai/scheduled-at',
  /** On an instance: any new value asks for a new API key. On its key Secret: the value that its key was made for. */
  keyEpoch: 'sympozium.ai/key-epoch',
} as const;

/** Behind it a run's children are torn down one after the other. */
export const TEARDOWN_FINALIZER = 'sympozium.ai/teardown';

const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** `text` if it may be a label's value, else a short hash of it that may. The same text, the same value. */
export const labelValue = (text: string): string => (LABEL_VALUE.test(text) ? text : `sha256-${shortHash(text, 40)}`);

/** What the labels of a run and of its children say. */
export interface RunIdentity {
  /** Name of the AgentRun. */
  readonly run: string;
  /** Its uid; unknown to who creates the run. */
  readonly uid?: string | undefined;
  readonly instance: string;
  readonly mode: string;
  /** Id of the API key that made the run: the name of its Secret's entry. */
  readonly keyId?: string | undefined;
}

/** The labels of a run and of everything it owns; all of them are valid values. */
export const runLabels = ({ run, uid, instance, mode, keyId }: RunIdentity): Record<string, string> => ({
  [LABEL.name]: 'sympozium',
  [LABEL.managedBy]: 'sympozium',
  [LABEL.run]: labelValue(run),
  ...(uid !== undefined && { [LABEL.runUid]: uid }),
  [LABEL.instance]: labelValue(instance),
  [LABEL.mode]: labelValue(mode),
  ...(keyId !== undefined && { [LABEL.key]: labelValue(keyId) }),
});
