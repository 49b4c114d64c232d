import { SympoziumError } from '@sympozium/api';
import { Command, Option } from 'commander';
import { cancel } from './commands/cancel.js';
import { dev } from './commands/dev.js';
import { getRuns } from './commands/get-runs.js';
import { logs } from './commands/logs.js';
import { run } from './commands/run.js';

const kubeconfig = () =>
  new Option('--kubeconfig <path>', 'cluster to talk to (default: a running local one, else kubectl’s rules)');
const namespace = () => new Option('-n, --namespace <name>', 'namespace').default('default');
const output = () => new Option('-o, --output <form>', 'text or json').choices(['text', 'json']).default('text');

const port = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new SympoziumError('USAGE', `a port is a whole number from 0 to 65535, not ${JSON.stringify(text)}`);
};

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** The whole command line; parsing it runs the command. */
export function buildProgram(): Command {
  const program = new Command('sympozium')
    .description('Run AI agents as Kubernetes Jobs, and call them over HTTP.')
    .version('0.1.0')
    .showHelpAfterError('(see --help)')
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : 2);
    });

  program
    .command('run')
    .description('run a task and stream its answer')
    .argument('<text>', 'what the agent shall do')
    .option('-i, --instance <name>', 'SympoziumInstance (default: the only one of the namespace)')
    .option('--system <text>', 'system prompt for this run')
    .option('--timeout <duration>', 'e.g. 10m')
    .option('--detach', 'print the run’s name and return')
    .addOption(namespace())
    .addOption(kubeconfig())
    .addOption(output())
    .action(run);

  program
    .command('get')
    .description('list runs')
    .command('runs')
    .description('list the runs of a namespace')
    .option('-i, --instance <name>', 'only runs of this instance')
    .addOption(namespace())
    .addOption(kubeconfig())
    .addOption(output())
    .action(getRuns);

  program
    .command('logs')
    .description('print what a run’s agent says')
    .argument('<run>', 'name of the run')
    .option('-f, --follow', 'until the run ends')
    .addOption(namespace())
    .addOption(kubeconfig())
    .action(logs);

  program
    .command('cancel')
    .description('cancel a run')
    .argument('<run>', 'name of the run')
    .addOption(namespace())
    .addOption(kubeconfig())
    .action(cancel);

  program
    .command('dev')
    .description('run operator and web proxy on this machine, against a cluster')
    .addOption(kubeconfig())
    .option('--credentials <folder>', 'kubeconfigs of the apps’ own users and the node’s certificate')
    .option('--virtual-node', 'run Pods as processes of this machine', false)
    .option('--port <port>', 'port of the web proxy', port, 8080)
    .option('--data-dir <folder>', 'keys, logs and Pods', '.sympozium')
    .option('--image <name=command>', 'an image’s command on the virtual node; may be repeated', collect, [])
    .option('--no-demo', 'make no demo instance and send no request')
    .option('--check', 'check arguments, port and data folder, and start nothing', false)
    .option('--verbose', 'name processes, ports and log files', false)
    .addOption(output())
    .action(dev);

  return program;
}
