import { childName, errorSentence, type AgentRun, type ErrorCode } from '@sympozium/api';
import { defineMode, type ModePlugin, type Observation, type ObservedView, type RunView } from '@sympozium/plugin-sdk';
import { job, JOB, CONFIG_MAP, POD } from '@sympozium/plugin-sdk/manifests';

/** Annotation of a probe's Pod: what the mode shall observe, as JSON. */
export const OBSERVATION = 'probe/observation';

const schema = (refuses: (value: unknown) => boolean): ModePlugin['params'] => ({
  '~standard': {
    version: 1,
    vendor: 'probe',
    validate: async (value) => (refuses(value) ? { issues: [{ message: 'is wrong', path: ['wrong'] }] } : { value }),
  },
});

const hasWrong = (value: unknown): boolean => typeof value === 'object' && value !== null && 'wrong' in value;

/**
 * A mode for tests that works once: one Job, and a state that its Pod simply says. It shows that the host knows no
 * mode by name. `overrides` replaces members, say by a `create` whose planner throws.
 */
export const probeMode = (overrides: Partial<Omit<ModePlugin, '$type'>> = {}): ModePlugin => ({
  ...defineMode({
    name: 'probe',
    lifecycle: 'once',
    owns: [{ kind: JOB }, { kind: CONFIG_MAP }],
    watches: [POD],
    params: schema(hasWrong),
    config: schema(hasWrong),
    create: () => probePlanner,
  }),
  ...overrides,
});

/** Its planner, for modes that differ in one half only. */
export const probePlanner = { plan: planProbe, observe: observeProbe };

function planProbe(view: RunView) {
  const cancelled = view.run.spec.cancel === true;
  const mayMake = view.children.of(JOB).length > 0 || !(isMade(view) || cancelled);
  return mayMake ? [plannedJob(view.run, cancelled)] : [];
}

const plannedJob = (run: AgentRun, suspend: boolean) => ({
  object: job(childName(run.metadata.name), {
    suspend,
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'agent', image: 'probe' }] } },
  }),
  stage: 'workload' as const,
  onDrift: 'keep' as const,
  mutable: ['/spec/suspend'],
});

const isMade = ({ run, children, related }: ObservedView): boolean =>
  children.of(JOB).length > 0 || related.of(POD).length > 0 || (run.status.children ?? []).length > 0;

function observeProbe(view: ObservedView): Observation {
  const said = view.related.of(POD)[0]?.metadata.annotations?.[OBSERVATION];
  const cancelled = view.run.spec.cancel === true;
  if (said !== undefined && !cancelled) return JSON.parse(said) as Observation;
  if (cancelled && (said !== undefined || !isMade(view))) return failed('Cancelled');
  return isMade(view) && view.children.of(JOB).length === 0 ? failed('JobLost') : { state: 'pending' };
}

const failed = (reason: ErrorCode): Observation => ({ state: 'failed', reason, message: errorSentence(reason) });
