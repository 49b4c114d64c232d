import { CONDITION, REASON, type AgentRun, type Condition, type SympoziumInstance } from '@sympozium/api';

/** An instance whose server run serves. */
export interface Serving {
  readonly serving: true;
  readonly instance: SympoziumInstance;
  readonly run: AgentRun;
  /** What is wrong with the server just now; absent: it answers. */
  readonly trouble?: Trouble;
}

/** Why a server does not answer: a reason of the tables, and the same for people. */
export interface Trouble {
  readonly reason: string;
  readonly message: string;
  /** What to do where waiting does not help. */
  readonly next?: string;
}

export interface NotServing extends Trouble {
  readonly serving: false;
  /** Nothing changes that but a change of the instance. */
  readonly final: boolean;
}

export type ServingState = Serving | NotServing;

/** How an instance is served, from the instance and its server run. */
export function servingState(instance: SympoziumInstance, run: AgentRun | undefined): ServingState {
  if (!run || !isServerOf(run, instance)) return withoutServer(instance);
  const trouble = troubleOf(run);
  if (run.status.phase === 'Serving') return { serving: true, instance, run, ...(trouble && { trouble }) };
  return { serving: false, final: run.status.phase === 'Failed', ...(trouble ?? STARTING) };
}

/** Its name alone does not make it that. */
const isServerOf = ({ spec, status }: AgentRun, { metadata }: SympoziumInstance): boolean =>
  spec.instanceRef.name === metadata.name && (status.mode ?? spec.mode) === 'server';

const STARTING: Trouble = { reason: REASON.waiting, message: 'the server starts' };
const GOING: Trouble = { reason: REASON.waiting, message: 'the server run is being deleted' };

function troubleOf({ metadata, status }: AgentRun): Trouble | undefined {
  if (metadata.deletionTimestamp !== undefined) return GOING;
  const ready = conditionOf(status.conditions, CONDITION.ready);
  if (status.phase === 'Serving') return ready?.status === 'True' ? undefined : (ready ?? STARTING);
  if (status.reason !== undefined) return { reason: status.reason, message: status.message ?? '' };
  return ready;
}

/** No server run: the instance wants none, cannot have one, or the operator has not made it yet. */
function withoutServer({ metadata, spec, status }: SympoziumInstance): NotServing {
  const packs = (spec.skills ?? []).map(({ skillPackRef }) => skillPackRef.name);
  if (packs.length === 0) return noServer(metadata.name, true, 'it has no skill that brings a server');
  const obstacle = status?.conditions?.find((condition) => condition.status === 'False');
  if (obstacle) return { serving: false, final: false, reason: obstacle.reason, message: obstacle.message };
  if (status?.observedGeneration !== undefined && status.observedGeneration === metadata.generation)
    return noServer(metadata.name, false, `none of its skills (${packs.join(', ')}) brings a server`);
  return {
    serving: false,
    final: false,
    reason: REASON.waiting,
    message: 'the operator has not looked at it yet',
    next: 'Check that it runs and watches the namespace.',
  };
}

/** The pack whose server speaks OpenAI's chat completions. */
export const WEB_ENDPOINT = 'web-endpoint';
const SKILL = JSON.stringify({ spec: { skills: [{ skillPackRef: { name: WEB_ENDPOINT } }] } });

const noServer = (name: string, final: boolean, what: string): NotServing => ({
  serving: false,
  final,
  reason: 'NoServerSidecar',
  message: `${what}. Add ${WEB_ENDPOINT} to spec.skills, e.g. \`kubectl patch sinst ${name} --type merge -p '${SKILL}'\``,
});

const conditionOf = (conditions: readonly Condition[] | undefined, type: string): Condition | undefined =>
  conditions?.find((condition) => condition.type === type);
