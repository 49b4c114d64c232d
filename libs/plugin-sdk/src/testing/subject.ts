import type { KubeObject } from '@sympozium/api';
import type { Desired, ModePlanner, ModePlugin, RunView } from '../contract.js';

/** A plugin with the configuration and the views it is asked about. */
export interface Subject<P> {
  readonly plugin: ModePlugin<P>;
  readonly config: unknown;
  readonly views: Readonly<Record<string, RunView<P>>>;
  /** Values that must be in no object, e.g. the value of a Secret that a view names. */
  readonly secrets: readonly string[];
}

/** One thing the contract promises; `faults` are sentences on how a plugin breaks it. */
export interface Check<P> {
  readonly promise: string;
  faults(subject: Subject<P>): readonly string[];
}

export const plannerOf = <P>({ plugin, config }: Subject<P>): ModePlanner<P> => plugin.create(config);

/** Asks about every view; an answer that throws is a fault. */
export const inEveryView = <P>(
  { views }: Subject<P>,
  ask: (view: RunView<P>, name: string) => readonly string[],
): readonly string[] =>
  Object.entries(views).flatMap(([name, view]) => attempt(() => ask(view, name)).map((fault) => `${name}: ${fault}`));

/** The faults, or that asking for them throws. */
export function attempt(ask: () => readonly string[]): readonly string[] {
  try {
    return ask();
  } catch (error) {
    return [`throws ${String(error)}`];
  }
}

/** One object of a plan, and the view it was planned for. */
export interface Planned<P> {
  readonly name: string;
  readonly view: RunView<P>;
  readonly desired: Desired;
  /** The whole plan that it is part of. */
  readonly plan: readonly Desired[];
}

/** What is planned for all views; a plan that throws is another check's fault. */
export const planned = <P>(subject: Subject<P>): readonly Planned<P>[] =>
  Object.entries(subject.views).flatMap(([name, view]) => {
    const plan = planOf(subject, view);
    return plan.map((desired) => ({ name, view, desired, plan }));
  });

function planOf<P>(subject: Subject<P>, view: RunView<P>): readonly Desired[] {
  try {
    return plannerOf(subject).plan(view);
  } catch {
    return [];
  }
}

export const title = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.name}`;
