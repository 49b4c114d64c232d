import { expect, it } from 'vitest';
import { everyAuditLine } from '../fixture/audit.js';
import { chartRights } from '../fixture/chart-rights.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { grantsOf } from '../rights/grant.js';
import { RightsProof } from '../rights/rights-proof.js';

it('before an uninstallation, the operator used every right that it has then besides', async () => {
  const rights = await chartRights({ system: 'system', watched: 'watched' }, 'pre-delete');
  const proof = new RightsProof(grantsOf(rights));
  for await (const line of everyAuditLine(suiteCluster().auditLog)) proof.take(line);
  expect(rights.length).toBeGreaterThan(0);
  expect(proof.unused('operator')).toEqual([]);
});
