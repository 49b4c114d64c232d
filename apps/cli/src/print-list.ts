import type { Kind, KubeObject } from '@sympozium/api';
import type { ListOptions } from '@sympozium/kube';
import { connect } from './cluster.js';
import type { ClusterOptions, OutputOptions } from './commands/options.js';

/** How the objects of a kind are shown. */
interface Listing<T extends KubeObject> {
  readonly kind: Kind<T>;
  readonly query?: Pick<ListOptions, 'labelSelector'>;
  /** Their order; default: by name, as the API server has them. */
  readonly order?: (a: T, b: T) => number;
  /** What there is none of, e.g. `runs`. */
  readonly noun: string;
  /** The table; `now` in milliseconds since 1970. */
  readonly render: (items: readonly T[], now: number) => string;
}

/** Prints the objects of a namespace: a table, JSON with `--output json`, or on stderr that there are none. */
export async function printList<T extends KubeObject>(
  { namespace, output, ...options }: ClusterOptions & OutputOptions,
  { kind, query, order, noun, render }: Listing<T>,
): Promise<void> {
  const client = await connect(options);
  try {
    const { items } = await client.list(kind, { namespace, ...query });
    if (order) items.sort(order);
    if (output === 'json') process.stdout.write(`${JSON.stringify(items, null, 2)}\n`);
    else if (items.length === 0) process.stderr.write(`no ${noun} in namespace ${namespace}\n`);
    else process.stdout.write(`${render(items, Date.now())}\n`);
  } finally {
    await client.close();
  }
}
