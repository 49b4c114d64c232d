import { AGENT_RUN } from '@sympozium/api';
import { DEPLOYMENT } from '@sympozium/plugin-sdk/manifests';
import { needOf, needOfPart, type Need } from './need.js';
import { LEASE_NAME, lease } from './operator-needs.js';

/** What a drain does in the operator’s own namespace besides what the operator does; `deployment` is the operator’s. */
export const drainNeeds = (deployment: string): readonly Need[] => [
  { ...needOfPart(DEPLOYMENT, 'scale', ['patch'], 'the operators are stopped'), names: [deployment] },
  lease({ names: [LEASE_NAME], verbs: ['delete'], why: 'nobody leads any more' }),
];

/** In every namespace: one that is being deleted has lost its RoleBindings already, and its runs wait for us. */
export const DRAIN_SURVEY_NEEDS: readonly Need[] = [needOf(AGENT_RUN, ['list'], 'those that wait for their teardown')];
