import { beforeAll, describe, expect, it } from 'vitest';
import { everyAuditLine } from '../fixture/audit.js';
import { chartRights, type AnyRole } from '../fixture/chart-rights.js';
import { workspaceFile } from '../fixture/app-process.js';
import { readManifest } from '../fixture/install.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { APPS } from '../rights/app.js';
import { grantsOf, serverGrants } from '../rights/grant.js';
import { RightsProof } from '../rights/rights-proof.js';

/** Of a server as `modes/server` plans it, compared with the plan by its own test. */
const SERVER = 'libs/modes/server/src/__golden__/server.yaml';
const NAMESPACES = { system: 'system', watched: 'watched' };

let proof: RightsProof;

beforeAll(async () => {
  const cluster = suiteCluster();
  if (!cluster) throw new Error('what is used shows after a whole run only: npm test, or npm run test:kube');
  const rights = [...(await chartRights(NAMESPACES)), ...(await chartRights(NAMESPACES, 'test'))];
  const roles = readManifest(workspaceFile(SERVER)).filter((object): object is AnyRole => object.kind === 'Role');
  proof = new RightsProof([...grantsOf(rights), ...roles.flatMap(serverGrants)]);
  for await (const line of everyAuditLine(cluster.auditLog)) proof.take(line);
});

describe.each(APPS)('in all suites, the %s', (app) => {
  it('used every right it has', () => expect(proof.unused(app)).toEqual([]));
  it('was denied nothing', () => expect(proof.denied(app)).toEqual([]));
});
