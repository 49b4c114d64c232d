import { describe, expect, it } from 'vitest';
import type { ModePlugin, RunView } from '../contract.js';
import { checks } from './checks.js';
import type { Subject } from './subject.js';

/** What the kit asks a plugin about. */
export interface ModeExamples<P> {
  /** Views by name: one for every situation the mode knows; see `runView`. */
  readonly views: Readonly<Record<string, RunView<P>>>;
  /** The plugin's configuration before its schema, e.g. `{}`. */
  readonly config?: unknown;
  /** Values of Secrets that a view names: they must be in no planned object. */
  readonly secrets?: readonly string[];
}

/** Tests, with vitest, that a mode plugin keeps the contract's promises in every given view. */
export function describeMode<P, C>(plugin: ModePlugin<P, C>, examples: ModeExamples<P>): void {
  describe(`mode ${plugin.name} keeps the contract`, () => {
    it.each(checks<P>())('$promise', async ({ faults }) => {
      expect(faults(await modeSubject(plugin, examples))).toEqual([]);
    });
  });
}

/** The faults of a mode plugin by the promise it breaks; empty when it breaks none. */
export async function modeFaults<P, C>(
  plugin: ModePlugin<P, C>,
  examples: ModeExamples<P>,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const subject = await modeSubject(plugin, examples);
  const found = checks<P>().map(({ promise, faults }) => [promise, faults(subject)] as const);
  return Object.fromEntries(found.filter(([, faults]) => faults.length > 0));
}

/** The plugin with its configuration checked by its own schema. */
async function modeSubject<P, C>(plugin: ModePlugin<P, C>, examples: ModeExamples<P>): Promise<Subject<P>> {
  const { views, config = {}, secrets = [] } = examples;
  if (Object.keys(views).length === 0) throw new TypeError('give at least one view: without one nothing is tested');
  const parsed = await plugin.config['~standard'].validate(config);
  if (parsed.issues)
    throw new TypeError(`config is refused: ${parsed.issues.map(({ message }) => message).join('; ')}`);
  return { plugin: plugin as ModePlugin<P>, config: parsed.value, views, secrets };
}
