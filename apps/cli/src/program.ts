import { SympoziumError } from '@sympozium/api';
import { Command, Option } from 'commander';
import { cancel } from './commands/cancel.js';
import { chat } from './commands/chat.js';
import { dev } from './commands/dev.js';
import { endpoint } from './commands/endpoint.js';
import { getInstances } from './commands/get-instances.js';
import { getRuns } from './commands/get-runs.js';
import { keyList } from './commands/key-list.js';
import { keyRotate } from './commands/key-rotate.js';
import { logs } from './commands/logs.js';
import { portForward } from './commands/port-forward.js';
import { run } from './commands/run.js';
import { scheduleList } from './commands/schedule-list.js';
import { scheduleRunNow } from './commands/schedule-run-now.js';
import { scheduleResume, scheduleSuspend } from './commands/schedule-suspend.js';

/** The name of an object; an empty one, of a variable that is not set, would mean all objects to the API server. */
const named = (text: string): string => {
  if (text !== '') return text;
  throw new SympoziumError('USAGE', 'a name is empty. Give the name of an object, or see --help.');
};

const kubeconfig = () =>
  new Option('--kubeconfig <path>', 'cluster to talk to (default: a running local one, else kubectl’s rules)');
const namespace = () => new Option('-n, --namespace <name>', 'namespace').argParser(named).default('default');
const output = () => new Option('-o, --output <form>', 'text or json').choices(['text', 'json']).default('text');

const port = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new SympoziumError('USAGE', `a port is a whole number from 0 to 65535, not ${JSON.stringify(text)}`);
};

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

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

  const get = program.command('get').description('list runs or instances');
  get
    .command('runs')
    .description('list the runs of a namespace')
    .option('-i, --instance <name>', 'only runs of this instance')
    .addOption(namespace())
    .addOption(kubeconfig())
    .addOption(output())
    .action(getRuns);
  get
    .command('instances')
    .description('list the instances of a namespace, and where they are called')
    .addOption(namespace())
    .addOption(kubeconfig())
    .addOption(output())
    .action(getInstances);

  program
    .command('logs')
    .description('print what a run’s agent writes: its frames, and what else it says')
    .argument('<run>', 'name of the run', named)
    .option('-f, --follow', 'until the run ends')
    .addOption(namespace())
    .addOption(kubeconfig())
    .action(logs);

  program
    .command('cancel')
    .description('cancel a run')
    .argument('<run>', 'name of the run', named)
    .addOption(namespace())
    .addOption(kubeconfig())
    .action(cancel);

  addServedCommands(program);
  addScheduleCommands(program);

  program
    .command('dev')
    .description('run everything on this machine: an embedded Kubernetes API, a node, the operator, a demo instance')
    .option('--kubeconfig <path>', 'a real cluster in place of the embedded API')
    .option('--credentials <folder>', 'with --kubeconfig: its operator’s own kubeconfig and the node’s certificate')
    .option('--virtual-node', 'with --kubeconfig: run Pods as processes of this machine')
    .option('--port <port>', 'port of this machine that leads to the demo, 0 for any', port, 8080)
    .option('--data-dir <folder>', 'state, kubeconfig, logs and Pods', '.sympozium')
    .option('--fresh', 'forget the state of former starts')
    .option('--model-base-url <url>', 'the demo’s model: an OpenAI-compatible server (Ollama, vLLM, llama.cpp, …)')
    .option('--model <name>', 'its name there (default: the first that the server offers)')
    .option('--image <name=command>', 'an image’s command on the virtual node; may be repeated', collect)
    .option('--no-demo', 'make no demo instance and send no request')
    .option('--check', 'check arguments, port and data folder, and start nothing')
    .option('--verbose', 'name processes, ports and log files')
    .addOption(output())
    .action(dev);

  return program;
}

/** Commands about an instance that is served over HTTP. */
function addServedCommands(program: Command): void {
  const instance = 'name of the SympoziumInstance';
  const key = () => new Option('--key <name>', 'entry of the key Secret (default: api-key)');

  program
    .command('endpoint')
    .description('print an instance’s address, API key and a curl line')
    .argument('<instance>', instance, named)
    .option('--wait [timeout]', 'until it answers, e.g. 2m (default: as long as it takes)')
    .addOption(key())
    .addOption(namespace())
    .addOption(kubeconfig())
    .addOption(output())
    .action(endpoint);

  program
    .command('chat')
    .description('talk with an instance; Ctrl-C cancels an answer, Ctrl-D leaves')
    .argument('<instance>', instance, named)
    .option('-m, --message <text>', 'one message and its answer (default where stdin is no terminal: what it says)')
    .addOption(key())
    .addOption(namespace())
    .addOption(kubeconfig())
    .action(chat);

  program
    .command('port-forward')
    .description('lead a port of this machine to an instance, until Ctrl-C')
    .argument('<instance>', instance, named)
    .option('--port <port>', 'port of this machine, 0 for any', port, 8080)
    .addOption(key())
    .addOption(namespace())
    .addOption(kubeconfig())
    .action(portForward);

  const keys = program.command('key').description('an instance’s API keys');
  keys
    .command('list')
    .description('list names, limits and ends of the keys')
    .argument('<instance>', instance, named)
    .addOption(namespace())
    .addOption(kubeconfig())
    .addOption(output())
    .action(keyList);
  keys
    .command('rotate')
    .description('make a new key; the old one stays valid for a day')
    .argument('<instance>', instance, named)
    .addOption(namespace())
    .addOption(kubeconfig())
    .addOption(output())
    .action(keyRotate);
}

/** Commands about a task that is done again and again. */
function addScheduleCommands(program: Command): void {
  const name = 'name of the SympoziumSchedule';
  const schedules = program.command('schedule').description('tasks that are done again and again');
  schedules
    .command('list')
    .description('list the schedules of a namespace, and when they are due')
    .addOption(namespace())
    .addOption(kubeconfig())
    .addOption(output())
    .action(scheduleList);
  schedules
    .command('run-now')
    .description('start a run of a schedule out of turn, also of one that is suspended')
    .argument('<schedule>', name, named)
    .option('-f, --follow', 'stream its answer; Ctrl-C cancels it')
    .addOption(namespace())
    .addOption(kubeconfig())
    .addOption(output())
    .action(scheduleRunNow);
  schedules
    .command('suspend')
    .description('let no tick of a schedule start a run until it is resumed')
    .argument('<schedule>', name, named)
    .addOption(namespace())
    .addOption(kubeconfig())
    .action(scheduleSuspend);
  schedules
    .command('resume')
    .description('let a schedule start runs again, from its next tick on')
    .argument('<schedule>', name, named)
    .addOption(namespace())
    .addOption(kubeconfig())
    .action(scheduleResume);
}
