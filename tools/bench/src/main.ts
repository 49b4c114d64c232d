import {
  agentImage,
  startEmbeddedCluster,
  startRealCluster,
  Sympozium,
  type ClusterAccess,
} from '@sympozium/integration';
import Table from 'cli-table3';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { goalText, isCount, isReached, type Figure } from './figure.js';
import { apiServerAlone } from './figures/api-server.js';
import { chatAlone, chatBurst, idleChat } from './figures/chat.js';
import { localSystem } from './figures/local-system.js';
import { jobCreation, refusePods } from './figures/job-creation.js';
import { proxyAlone } from './figures/proxy.js';
import { writesPerRun } from './figures/writes.js';

const { values } = parseArgs({ options: { json: { type: 'string' }, embedded: { type: 'boolean' } } });
const ofStart = values.embedded ? await localSystem(5) : []; // while nothing else runs
const cluster = await (values.embedded ? startEmbeddedCluster('durable') : startRealCluster());
try {
  const system = await Sympozium.start(cluster.access, {
    name: 'bench',
    proxyEnv: { REQUESTS_PER_MINUTE: '10000000', BURST: '1000000', MAX_CONCURRENT: '10000' },
  });
  await system.createInstance('echo');
  await system.createInstance('idle', { agent: { image: agentImage('idle-agent') } });
  const figures: Figure[] = [
    ...ofStart,
    ...(await proxyAlone(system)),
    ...(await writesPerRun(system)),
    ...(await chatAlone(system, 50)),
    ...(await idleChat(system, 50, 50)),
    ...(await jobCreation(system, { n: 200, perSecond: 20, pods: 'their Pods running, doing no work' })),
    ...(await chatBurst(system, 50)),
    ...(values.embedded ? [] : await withoutPods(cluster.access)), // a ResourceQuota keeps Pods away there
    ...(await apiServerAlone(system, 10_000)),
  ];
  report(figures);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
  if (figures.some((figure) => isCount(figure) && !isReached(figure))) process.exitCode = 1;
  await system.stop();
} finally {
  await cluster.stop();
}

/** The operator alone, on a namespace of its own. */
async function withoutPods(access: ClusterAccess): Promise<Figure[]> {
  const system = await Sympozium.start(access, { name: 'bench-no-pods' });
  await refusePods(system);
  await system.createInstance('idle');
  const figures = await jobCreation(system, { n: 200, perSecond: 20, pods: 'no Pod may start', isGoal: true });
  await system.stop();
  return figures;
}

function report(figures: readonly Figure[]): void {
  const table = new Table({
    head: ['figure', 'value', 'unit', 'goal', 'n', 'load'],
    style: { head: [], border: [], compact: true },
  });
  for (const figure of figures) {
    const { name, value, unit, goal, n, load } = figure;
    table.push([name, `${value}${isReached(figure) ? '' : ' (missed)'}`, unit, goalText(goal), n, load]);
  }
  process.stdout.write(`${table.toString()}\n`);
}
