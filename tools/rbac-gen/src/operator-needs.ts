import { AGENT_RUN, SKILL_PACK, SYMPOZIUM_INSTANCE, SYMPOZIUM_SCHEDULE } from '@sympozium/api';
import { gatewayMode } from '@sympozium/mode-gateway';
import { serverMode } from '@sympozium/mode-server';
import { taskMode } from '@sympozium/mode-task';
import { CONFIG_MAP, POD, SECRET } from '@sympozium/plugin-sdk/manifests';
import { needOf, needOfPart, type Need } from './need.js';
import { pluginNeeds } from './plugin-needs.js';

/** The modes that come with the operator, by package. */
export const BUILTIN_MODES = {
  '@sympozium/mode-task': taskMode,
  '@sympozium/mode-server': serverMode,
  '@sympozium/mode-gateway': gatewayMode,
};

/** Nobody can grant what he does not hold: a server’s own Role is made by the operator. */
const GRANTED = 'granted to servers, so it must be held';
const HOLDING = 'owner references that hold their owner, where the cluster checks who sets them';

/** The host’s own, in each namespace that it watches. */
const HOST_NEEDS: readonly Need[] = [
  needOf(AGENT_RUN, ['list', 'watch'], 'runs are followed'),
  needOf(AGENT_RUN, ['create'], 'server runs of instances, runs of schedules'),
  needOf(AGENT_RUN, ['patch'], 'labels and finalizers, server runs that follow their instance'),
  needOf(AGENT_RUN, ['delete'], 'runs whose time to live is over, server runs that nobody wishes any more'),
  needOf(AGENT_RUN, ['get'], GRANTED),
  needOfPart(AGENT_RUN, 'status', ['patch'], 'what became of them'),
  needOfPart(AGENT_RUN, 'finalizers', ['update'], HOLDING),
  needOf(SYMPOZIUM_INSTANCE, ['list', 'watch'], 'instances are followed'),
  needOf(SYMPOZIUM_INSTANCE, ['get'], GRANTED),
  needOfPart(SYMPOZIUM_INSTANCE, 'status', ['patch'], 'endpoint, counts of runs, conditions'),
  needOfPart(SYMPOZIUM_INSTANCE, 'finalizers', ['update'], HOLDING),
  needOf(SYMPOZIUM_SCHEDULE, ['list', 'watch'], 'schedules are followed'),
  needOfPart(SYMPOZIUM_SCHEDULE, 'status', ['patch'], 'ticks, active runs, conditions'),
  needOf(SKILL_PACK, ['list', 'watch'], 'skills are resolved'),
  needOf(CONFIG_MAP, ['create'], 'large results'),
  needOf(CONFIG_MAP, ['get'], GRANTED),
  needOf(SECRET, ['get', 'list', 'watch'], `the one with its keys is ${GRANTED}`),
  needOfPart(POD, 'log', ['get'], 'answers that do not fit into a termination message'),
  { group: '', resource: 'events', verbs: ['create'], why: 'failures, and what a person must know' },
];

/** In each namespace that the operator watches. */
export const watchedNeeds = (): readonly Need[] => [...HOST_NEEDS, ...pluginNeeds(Object.values(BUILTIN_MODES))];

/** Which of several operators leads. */
export const LEASE_NAME = 'sympozium-operator';

/** In the operator’s own namespace. */
export const SYSTEM_NEEDS: readonly Need[] = [
  lease({ verbs: ['create'], why: 'which of several operators leads' }),
  lease({ names: [LEASE_NAME], verbs: ['get', 'watch', 'update'], why: 'the same: read, waited for, held' }),
  needOf(SKILL_PACK, ['create', 'patch', 'delete'], 'what plugins bring is kept as they say'),
  needOf(SKILL_PACK, ['list', 'watch'], 'skills are resolved'),
];

export function lease(need: Pick<Need, 'verbs' | 'names' | 'why'>): Need {
  return { group: 'coordination.k8s.io', resource: 'leases', ...need };
}

/** In every namespace, whether it is watched or not. */
export const TEARDOWN_NEEDS: readonly Need[] = [
  needOf(AGENT_RUN, ['patch'], 'the finalizer of a server that is torn down'),
  needOfPart(AGENT_RUN, 'status', ['patch'], 'its last status'),
];
