import { AGENT_RUN, SKILL_PACK, SYMPOZIUM_INSTANCE, SYMPOZIUM_SCHEDULE, type Kind } from '@sympozium/api';
import { needOf, type Need } from './need.js';

const KINDS: readonly Kind[] = [AGENT_RUN, SYMPOZIUM_INSTANCE, SYMPOZIUM_SCHEDULE, SKILL_PACK];

/** What the cluster’s own roles `view`, `edit` and `admin` allow of our kinds. */
export const VIEW_NEEDS: readonly Need[] = KINDS.map((kind) => needOf(kind, ['get', 'list', 'watch'], 'read'));
export const EDIT_NEEDS: readonly Need[] = KINDS.map((kind) =>
  needOf(kind, ['create', 'update', 'patch', 'delete'], 'written'),
);
