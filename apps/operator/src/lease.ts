import type { Random } from '@sympozium/process';
import { hostname } from 'node:os';
import type { OperatorSettings } from './settings.js';

/** As tools/rbac-gen allows it. */
const NAME = 'sympozium-operator';

/** The Lease by which of several operators one works, and who this process is in it. */
export const leaseOf = ({ systemNamespace }: Pick<OperatorSettings, 'systemNamespace'>, random: Random) => ({
  namespace: systemNamespace,
  name: NAME,
  identity: `${hostname()}_${Buffer.from(random.bytes(8)).toString('hex')}`,
});
