import { SympoziumError } from '@sympozium/api';
import { CONTRACT } from '@sympozium/plugin-sdk';

/** A plugin before anything about it is believed. */
export interface PluginOffer {
  /** Name of the package that it comes from. */
  readonly from: string;
  /** What `defineMode` or `defineSkillPack` returned. */
  readonly plugin: unknown;
  /** Its configuration before its own schema; absent: `{}`. */
  readonly config?: unknown;
}

/** What passed of some offers, and every reason why others did not. */
export interface Judged<T> {
  readonly admitted: readonly T[];
  readonly problems: readonly SympoziumError[];
}

/** Sorts answers into what passed and what did not. */
export const judged = <T>(answers: readonly (T | SympoziumError)[]): Judged<T> => ({
  admitted: answers.flatMap((answer) => (answer instanceof SympoziumError ? [] : [answer])),
  problems: answers.flatMap((answer) => (answer instanceof SympoziumError ? [answer] : [])),
});

/** The brand of what a plugin's author exports; `instanceof` does not cross package borders. */
export const brandOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && '$type' in value ? value.$type : undefined;

/** Whether what a plugin was built for is what this operator has. */
export const isThisContract = (contract: string): boolean => major(contract) === major(CONTRACT);

const major = (version: string): string => version.split('.')[0] ?? '';

/** Names that more than one has, each with where they come from. */
export function taken(named: readonly { readonly name: string; readonly from?: string }[]): readonly string[] {
  const names = named.map(({ name }) => name);
  const twice = new Set(names.filter((name, at) => names.indexOf(name) !== at));
  return [...twice].map((name) => {
    const from = named.flatMap((one) => (one.name === name ? (one.from ?? []) : []));
    return [name, ...(from.length > 0 ? [`from ${from.join(' and ')}`] : [])].join(' ');
  });
}
