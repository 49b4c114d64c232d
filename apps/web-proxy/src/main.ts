import { clientFromKubeconfig } from '@sympozium/kube/kubeconfig';
import { runUntilSignal } from '@sympozium/process';
import { compose, register } from './composition.js';
import { readWebProxySettings, webProxyHelp } from './settings.js';

try {
  const settings = readWebProxySettings(process.argv.slice(2), process.env);
  if (settings) {
    const { kubeconfig } = settings;
    const { client } = await clientFromKubeconfig(kubeconfig === undefined ? {} : { kubeconfig });
    const proxy = await compose(settings, register(settings, client));
    await runUntilSignal(proxy.runnable, proxy.log, () => proxy.describe());
  } else process.stdout.write(webProxyHelp());
} catch (error) {
  process.stderr.write(`web-proxy: ${(error as Error).message}\n`);
  process.exit(1);
}
