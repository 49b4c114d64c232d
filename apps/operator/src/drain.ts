import { errorSentence, SympoziumError } from '@sympozium/api';
import { LeaderElection } from '@sympozium/controller';
import { Drain, loadPlugins, type LoadedPlugins } from '@sympozium/host';
import { isNotFound, type KubeClient } from '@sympozium/kube';
import { DEPLOYMENT } from '@sympozium/plugin-sdk/manifests';
import type { Clock, Logger, Random, Runnable } from '@sympozium/process';
import { builtinPlugins } from './builtin-plugins.js';
import { leaseOf } from './lease.js';
import type { OperatorSettings } from './settings.js';

export interface DrainParts {
  readonly settings: OperatorSettings;
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Gives the drain up. */
  readonly signal: AbortSignal;
}

/**
 * Stops the operators, takes their Lease, and takes down what only an operator can. Resolves when nothing of theirs is
 * left; rejects with `DRAIN_INCOMPLETE`, which says what is, when it takes too long. It may be run again at any time.
 */
export async function drainOperator(parts: DrainParts): Promise<void> {
  const { settings, client, clock, log, signal } = parts;
  const { modes, retired } = await pluginsOf(settings, log);
  const drain = new Drain({ ...settings, client, modes, retired, clock, log });
  const work: Runnable = settings.leaderElection ? electionOf(parts, drain) : drain;
  const limit = timeLimit(parts, () => whatIsLeft(work, drain));
  try {
    await scaleDown(parts);
    await work.start();
    await Promise.race([drain.done, limit.passed, aborted(signal), ...(work.failed ? [work.failed] : [])]);
    log.info('nothing is left');
  } finally {
    limit.cancel();
    await work.stop();
  }
}

/** An operator may be uninstalled because its plugins are refused: then the built-in ones have to do. */
async function pluginsOf(settings: OperatorSettings, log: Logger): Promise<LoadedPlugins> {
  const builtins = builtinPlugins(settings);
  try {
    return await loadPlugins({ builtins, ...settings.plugins });
  } catch (err) {
    log.warn(
      { err },
      'plugins are refused; what belongs to others than the built-in ones is left to the garbage collector',
    );
    return loadPlugins({ builtins, folder: settings.plugins.folder });
  }
}

/** The Lease goes with the last operator; one that has not heard of its end yet does not take it for a while. */
const electionOf = ({ settings, client, clock, random, log }: DrainParts, drain: Drain): LeaderElection =>
  new LeaderElection({ client, ...leaseOf(settings, random), clock, random, log, atEnd: 'deleted' }, drain);

async function scaleDown({ settings, client, log }: DrainParts): Promise<void> {
  const { systemNamespace: namespace, drain } = settings;
  if (drain.deployment === undefined) return;
  const patch = { type: 'merge', body: { spec: { replicas: 0 } } } as const;
  const options = { subresource: 'scale', fieldManager: 'sympozium/drain' } as const;
  try {
    await client.patch(DEPLOYMENT, { namespace, name: drain.deployment }, patch, options);
    log.info({ deployment: drain.deployment }, 'operators stopped');
  } catch (error) {
    if (!isNotFound(error)) throw error;
    log.info({ deployment: drain.deployment }, 'there are no operators any more');
  }
}

function timeLimit({ settings, clock }: DrainParts, left: () => string) {
  let give: (error: Error) => void = () => {};
  const passed = new Promise<never>((_, reject) => (give = reject));
  passed.catch(() => {}); // for whoever waits
  const timer = clock.after(settings.drain.timeoutMs, () =>
    give(new SympoziumError('DRAIN_INCOMPLETE', errorSentence('DRAIN_INCOMPLETE', left()))),
  );
  return { passed, cancel: () => timer.cancel() };
}

function whatIsLeft(work: Runnable, drain: Drain): string {
  if (work instanceof LeaderElection && !work.isLeader)
    return work.problem ?? 'an operator still holds the Lease; see which Pods of it there are';
  return drain.left.join('; ');
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const end = (): void => reject(new Error('the drain was ended; run it again', { cause: signal.reason }));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
