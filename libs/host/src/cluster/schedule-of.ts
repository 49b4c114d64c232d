import { groupOf, LABEL, labelValue, SYMPOZIUM_SCHEDULE, type AgentRun, type OwnerReference } from '@sympozium/api';

/** The schedule whose run it is: the one that controls it, and that its label names. */
export const scheduleOf = ({ metadata: { labels, ownerReferences } }: AgentRun): OwnerReference | undefined =>
  ownerReferences?.find(
    (owner) =>
      owner.controller === true &&
      owner.kind === SYMPOZIUM_SCHEDULE.kind &&
      groupOf(owner) === groupOf(SYMPOZIUM_SCHEDULE) &&
      labels?.[LABEL.schedule] === labelValue(owner.name),
  );
