import { CONDITION, failure, KEY_ENTRY, REASON, SERVER_PORT, shortHash, type AgentRun } from '@sympozium/api';
import type { Failure } from '@sympozium/api';
import type { ObservedEndpoint, Observation, ObservedView } from '@sympozium/plugin-sdk';
import { SECRET, type Deployment } from '@sympozium/plugin-sdk/manifests';
import type { ServerParams } from './config.js';
import { readFacts, type Facts } from './facts.js';
import { serverName } from './names.js';
import { chooseSidecar, isFailure } from './sidecar.js';
import { isBeingMade, isRunning, podTrouble } from './trouble.js';

/** On its way, for no reason that a person must know. */
const COMING = 'coming';

type Rule = (facts: Facts) => Failure | typeof COMING | undefined;

/**
 * What may keep a server from answering, in order of precedence; where nothing does, it serves. A rollout that gets on
 * is not among it: the Pods of before answer until those of after do.
 */
const RULES: readonly Rule[] = [
  nothingToServe,
  notMade,
  scaledToZero,
  podTrouble,
  refused,
  notYetSeen,
  unavailable,
  stuck,
  unreachable,
];

/** What is the case: the Deployment first, then what its Pods say, then whether the Service leads to one. */
export function observeServer(view: ObservedView<ServerParams>): Observation {
  const facts = readFacts(view);
  return { ...stateOf(facts), conditions: [keyReady(facts)], recheckAfterMs: recheckAfter(view.run) };
}

function stateOf(facts: Facts): Observation {
  for (const rule of RULES) {
    const why = rule(facts);
    if (why !== undefined) return why === COMING ? { state: 'pending' } : { state: 'pending', ...why };
  }
  return { state: 'serving', endpoint: endpointOf(facts) };
}

/** Where the cluster finds it. Whether a host name leads to it, the plugin knows that makes the route. */
const endpointOf = ({ view, keys }: Facts): ObservedEndpoint => ({
  url: `http://${serverName(view.run)}.${view.run.metadata.namespace ?? ''}.svc:${SERVER_PORT.http}`,
  apiKeySecretName: keys.secret,
});

function nothingToServe({ view: { skills }, deployment }: Facts): ReturnType<Rule> {
  const sidecar = skills && chooseSidecar(skills);
  if (!sidecar || !isFailure(sidecar)) return undefined;
  if (!deployment) return sidecar;
  return { ...sidecar, message: `${sidecar.message} What was made before goes on as it is.` };
}

function notMade({ deployment, view, served }: Facts): ReturnType<Rule> {
  if (deployment) return undefined;
  return served ? failure('ServerUnavailable', `there is no Deployment ${serverName(view.run)}`) : COMING;
}

function scaledToZero({ deployment }: Facts): ReturnType<Rule> {
  return deployment?.spec.replicas === 0 ? failure('NoReadyEndpoint', 'spec.endpoint.replicas is 0') : undefined;
}

/** A quota, a LimitRange or a policy that lets no Pod be made. */
function refused({ deployment }: Facts): ReturnType<Rule> {
  const condition = conditionOf(deployment, 'ReplicaFailure');
  return condition?.status === 'True' ? failure('ServerUnavailable', condition.message) : undefined;
}

/** Its controller has not seen it, or it has no Pod of the present template. One that served goes on meanwhile. */
function notYetSeen({ deployment, served }: Facts): ReturnType<Rule> {
  const { observedGeneration = 0, updatedReplicas = 0 } = deployment?.status ?? {};
  const isSeen = observedGeneration >= (deployment?.metadata.generation ?? 0) && updatedReplicas > 0;
  return isSeen || served ? undefined : COMING;
}

function unavailable(facts: Facts): ReturnType<Rule> {
  const available = conditionOf(facts.deployment, 'Available');
  if (available?.status === 'True') return undefined;
  return stuck(facts) ?? (facts.served ? failure('ServerUnavailable', available?.message) : COMING);
}

/** The Deployment's own word that nothing moves; what the Pods' status does not say is told with care. */
function stuck(facts: Facts): ReturnType<Rule> {
  const progress = conditionOf(facts.deployment, 'Progressing');
  if (progress?.status !== 'False') return undefined;
  const { keys, pods } = facts;
  if (keys.supplied && pods.some(isBeingMade))
    return failure(
      'KeySecretNotFound',
      `probably there is no Secret ${keys.secret}, since the volumes of a Pod are not mounted`,
    );
  if (!facts.reachable && pods.some(isRunning)) return failure('NoReadyEndpoint', progress.message);
  return failure('ServerUnavailable', progress.message);
}

function unreachable({ service, reachable, served, view }: Facts): ReturnType<Rule> {
  if (service && reachable) return undefined;
  if (service) return failure('NoReadyEndpoint', `Service ${serverName(view.run)}`);
  return served ? failure('NoReadyEndpoint', `there is no Service ${serverName(view.run)}`) : COMING;
}

const conditionOf = (deployment: Deployment | undefined, wanted: string) =>
  (deployment?.status?.conditions ?? []).find(({ type }) => type === wanted);

function keyReady({ view, keys: { secret, supplied } }: Facts): NonNullable<Observation['conditions']>[number] {
  const type = CONDITION.keyReady;
  if (supplied) return { type, status: 'Unknown', reason: REASON.supplied, message: `Secret ${secret}` };
  const made = view.children.of(SECRET).find(({ metadata }) => metadata.name === secret);
  return made?.data?.[KEY_ENTRY.current] === undefined
    ? { type, status: 'False', reason: REASON.waiting, message: '' }
    : { type, status: 'True', reason: REASON.generated, message: `Secret ${secret}` };
}

/** About every 30 s, each run at another moment: what no watch told is seen then. */
const recheckAfter = ({ metadata }: AgentRun): number =>
  25_000 + (Number.parseInt(shortHash(metadata.uid ?? '', 8), 16) % 10_001);
