import { loadPlugins } from '@sympozium/host';
import { clientFromKubeconfig } from '@sympozium/kube/kubeconfig';
import { runUntilSignal } from '@sympozium/process';
import { builtinPlugins } from './builtin-plugins.js';
import { composeOperator, HEALTH_SERVER, LOG, OPERATOR } from './composition.js';
import { HELP, readOperatorSettings } from './settings.js';

try {
  const settings = readOperatorSettings(process.argv.slice(2), process.env);
  if (settings) {
    const plugins = await loadPlugins({ builtins: builtinPlugins(settings), ...settings.plugins });
    const { client } = await clientFromKubeconfig(settings);
    const the = composeOperator({ settings, client, ...plugins });
    await runUntilSignal(the.get(OPERATOR), the.get(LOG), () => ({ port: the.get(HEALTH_SERVER).port }));
  } else process.stdout.write(`${HELP}\n`);
} catch (error) {
  process.stderr.write(`operator: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
