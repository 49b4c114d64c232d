import { AGENT_RUN, type AgentRun, type KubeObject } from '@sympozium/api';
import { keyOf } from '@sympozium/controller';
import type { KubeClient } from '@sympozium/kube';
import type { Logger } from '@sympozium/process';
import { ignoreGone } from '../apply/api-answers.js';
import type { Child } from '../apply/remover.js';
import type { RunWriter } from '../apply/run-writer.js';
import { recordedMode } from '../plan/decide-mode.js';
import type { Mode, ModeRegistry } from '../plugins/mode-registry.js';
import { isHeld, type Teardown } from '../teardown/teardown.js';
import type { DrainReader, Survey } from './drain-reader.js';

export interface ServerDrainDependencies {
  readonly client: KubeClient;
  readonly reader: DrainReader;
  readonly modes: ModeRegistry;
  readonly writer: RunWriter;
  /** Takes down from what was surveyed last. */
  readonly teardown: (survey: Survey) => Teardown;
  readonly log: Logger;
}

/** Each has one call under way. */
const AT_ONCE = 16;
/** So many children are named. */
const NAMED = 3;

/** Takes down every run that serves, and lets go whatever waits for an operator. What works once is left alone. */
export class ServerDrain {
  readonly #dependencies: ServerDrainDependencies;

  constructor(dependencies: ServerDrainDependencies) {
    this.#dependencies = dependencies;
  }

  /** Goes a step with each run that is there, and says of each what it waits for; nothing when all are gone. */
  async pass(namespace: string | undefined): Promise<readonly string[]> {
    const { reader, teardown } = this.#dependencies;
    const survey = await reader.survey(namespace, (run) => this.#isWanted(run));
    const down = teardown(survey);
    const left: string[] = [];
    for (let from = 0; from < survey.runs.length; from += AT_ONCE) {
      const some = survey.runs.slice(from, from + AT_ONCE);
      left.push(...(await Promise.all(some.map((run) => this.#step(run, survey.childrenOf(run), down)))));
    }
    return left;
  }

  /** Somebody else’s finalizer on a run that we are done with is theirs. */
  #isWanted(run: AgentRun): boolean {
    return isHeld(run) || (this.#modeOf(run)?.lifecycle === 'serving' && !isLeaving(run));
  }

  #modeOf(run: AgentRun): Mode | undefined {
    return this.#dependencies.modes.get(recordedMode(run));
  }

  /** What fails for one run keeps no other one waiting: the next pass tries it again. */
  async #step(run: AgentRun, children: readonly Child[], teardown: Teardown): Promise<string> {
    const key = keyOf(run);
    try {
      await this.#advance(run, teardown);
      return `${key}: ${waitingFor(children)}`;
    } catch (err) {
      this.#dependencies.log.warn({ err, run: key }, 'not taken down, trying again');
      return `${key}: ${err instanceof Error ? err.message : String(err)}`;
    }
  }

  async #advance(run: AgentRun, teardown: Teardown): Promise<void> {
    const { client, writer, log } = this.#dependencies;
    const { namespace = '', name, uid = '' } = run.metadata;
    const mode = this.#modeOf(run);
    if (isLeaving(run)) await teardown.step(run, mode);
    // Somebody put our finalizer on a task, which stays.
    else if (mode?.lifecycle === 'once') await writer.release(run);
    else {
      await client.delete(AGENT_RUN, { namespace, name }, { uid, propagationPolicy: 'Background' }).catch(ignoreGone);
      log.info({ run: keyOf(run) }, 'server run deleted');
    }
  }
}

const isLeaving = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp !== undefined;

/** What is being deleted keeps the rest waiting. */
function waitingFor(children: readonly Child[]): string {
  if (children.length === 0) return 'it is being deleted';
  const going = children.filter(({ object }) => isLeaving(object));
  const awaited = going.length > 0 ? going : children;
  const names = awaited.slice(0, NAMED).map(({ kind, object }) => `${kind.kind} ${object.metadata.name}`);
  const more = awaited.length > NAMED ? `, and ${awaited.length - NAMED} more` : '';
  return `it waits for ${names.join(', ')}${more} to be gone`;
}
