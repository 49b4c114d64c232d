import { AGENT_RUN, GROUP, SYMPOZIUM_INSTANCE, type AgentRun } from '@sympozium/api';
import type { Desired } from '@sympozium/plugin-sdk';
import { CONFIG_MAP, role, roleBinding, SECRET, serviceAccount } from '@sympozium/plugin-sdk/manifests';
import { serverName } from './names.js';

/** Who the server is, and what it may do: make and follow runs, read instances, results and its own keys. */
export function plannedRights(run: AgentRun, keySecret: string): readonly Desired[] {
  const name = serverName(run);
  const objects = [
    serviceAccount(name),
    role(name, [
      {
        apiGroups: [GROUP],
        resources: [AGENT_RUN.plural],
        verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'],
      },
      { apiGroups: [GROUP], resources: [SYMPOZIUM_INSTANCE.plural], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [''], resources: [CONFIG_MAP.plural], verbs: ['get'] },
      { apiGroups: [''], resources: [SECRET.plural], resourceNames: [keySecret], verbs: ['get', 'list', 'watch'] },
    ]),
    roleBinding(name, run.metadata.namespace ?? ''),
  ];
  return objects.map((object) => ({ object, stage: 'credential', onDrift: 'apply' }));
}
