import type { Strategy } from '../../resources/resource.js';
import { childOf, fill, fillEmpty, listOf } from './access.js';

/** Stored as wished; nobody enforces it here. */ import { validateNetworkPolicy } from './network-policy-rules.js';

export const networkPolicyStrategy: Strategy = {
  allowUnconditionalUpdate: true,
  default(policy) {
    const spec = childOf(policy, 'spec');
    for (const rule of [...listOf(spec['ingress']), ...listOf(spec['egress'])])
      for (const port of listOf(rule['ports'])) fillEmpty(port, { protocol: 'TCP' });
    fill(spec, { policyTypes: listOf(spec['egress']).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'] });
  },
  validate: validateNetworkPolicy,
};
