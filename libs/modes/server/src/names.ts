import { childName, LABEL, labelValue, type AgentRun } from '@sympozium/api';

/** The server's container, whatever pack it comes from. */
export const SERVER_CONTAINER = 'server';

/** Name of everything that a server run has but its key. */
export const serverName = ({ metadata }: AgentRun): string => childName(metadata.name);

/** Name of the Secret with the generated key. */
export const generatedKeyName = ({ metadata }: AgentRun): string => childName(metadata.name, 'api-key');

/**
 * What finds the server's Pods. A Deployment never takes another selector, so it is made from the run's name alone; the
 * component keeps a task's Pod out that an earlier run of the name may have left.
 */
export const selector = ({ metadata }: AgentRun): Record<string, string> => ({
  [LABEL.run]: labelValue(metadata.name),
  [LABEL.component]: SERVER_CONTAINER,
});
