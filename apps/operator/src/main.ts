import { SympoziumError } from '@sympozium/api';
import { loadPlugins } from '@sympozium/host';
import { clientFromKubeconfig } from '@sympozium/kube/kubeconfig';
import { createLogger, runUntilSignal, systemClock, systemRandom } from '@sympozium/process';
import { builtinPlugins } from './builtin-plugins.js';
import { composeOperator, HEALTH_SERVER, LOG, OPERATOR } from './composition.js';
import { drainOperator } from './drain.js';
import { HELP, readOperatorSettings, type OperatorSettings } from './settings.js';

/** The exit code of a drain that would gain nothing by being tried again at once. */
const INCOMPLETE = 3;

async function run(settings: OperatorSettings): Promise<void> {
  const plugins = await loadPlugins({ builtins: builtinPlugins(settings), ...settings.plugins });
  const { client } = await clientFromKubeconfig(settings);
  const the = composeOperator({ settings, client, ...plugins });
  await runUntilSignal(the.get(OPERATOR), the.get(LOG), () => ({ port: the.get(HEALTH_SERVER).port }));
}

async function drain(settings: OperatorSettings): Promise<void> {
  const { client } = await clientFromKubeconfig(settings);
  const log = createLogger({ name: 'drain', level: settings.logLevel });
  const end = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => end.abort(signal));
  const awake = setInterval(() => {}, 60_000); // a timer of the clock does not keep the process alive
  try {
    await drainOperator({ settings, client, clock: systemClock, random: systemRandom, log, signal: end.signal });
  } finally {
    clearInterval(awake);
    await client.close();
  }
}

try {
  const settings = readOperatorSettings(process.argv.slice(2), process.env);
  if (!settings) process.stdout.write(`${HELP}\n`);
  else await (settings.command === 'drain' ? drain : run)(settings);
} catch (error) {
  process.stderr.write(`operator: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof SympoziumError && error.code === 'DRAIN_INCOMPLETE' ? INCOMPLETE : 1);
}
