import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startGateway } from './gateway.js';
import { ensureNodeAssets } from './node-assets.js';
import { startRealNode, type RealNode } from './real-node.js';
import { nodeSupported } from './supported.js';

const FOLDER = '.sympozium/node';
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const INTERRUPTED = 130;
const UNSUPPORTED = 2;

const HELP = `Usage: npm run dev:node -- [--folder FOLDER] [--image ARCHIVE]…

A real Kubernetes node with Envoy Gateway (GatewayClass \`envoy\`) on this machine, until Ctrl-C.

  --folder   holds kubeconfig, data and logs; default: ${FOLDER}
  --image    OCI archive whose images Pods can run, e.g. of \`npm run images\`; may be given several times
`;

const say = (line: string): void => void process.stderr.write(`· ${line}\n`);

/** `npm run dev:node`: a node and a gateway, until a signal ends both. Resolves with the exit code. */
export async function devNode(args: readonly string[]): Promise<number> {
  const { folder, images, help } = readArguments(args);
  if (help) {
    process.stdout.write(HELP);
    return 0;
  }
  const missing = nodeSupported();
  if (missing !== undefined) {
    say(missing);
    return UNSUPPORTED;
  }
  const controller = new AbortController();
  const onSignal = (): void => controller.abort();
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    await serve({ folder, images }, controller.signal);
    return 0;
  } catch (error) {
    if (controller.signal.aborted) return INTERRUPTED;
    throw error;
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

async function serve({ folder, images }: Omit<Arguments, 'help'>, signal: AbortSignal): Promise<void> {
  const assets = await ensureNodeAssets({ onProgress: say, signal });
  const node = await startRealNode({ folder, assets, images, onProgress: say, signal });
  try {
    say('installing Envoy Gateway');
    const interrupted = untilAborted(signal);
    await Promise.race([startGateway(node, { signal }).then(() => tell(node)), interrupted]);
    await Promise.race([interrupted, node.failed]);
  } finally {
    say('stopping');
    await node.stop();
  }
}

function tell({ kubeconfig, host }: RealNode): void {
  say('ready; Pods and Services are reached from this machine, which Pods reach at ' + host);
  process.stdout.write(`export KUBECONFIG=${kubeconfig}\n`);
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });

interface Arguments {
  readonly folder: string;
  readonly images: readonly string[];
  readonly help: boolean;
}

export function readArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      folder: { type: 'string', default: FOLDER },
      image: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return { folder: resolve(values.folder), images: values.image.map((path) => resolve(path)), help: values.help };
}
