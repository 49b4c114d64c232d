import { kindKey } from '@sympozium/api';
import { CONTRACT, MODE_TYPE } from '../contract.js';
import { attempt, type Subject } from './subject.js';

const MODE_NAME = /^[a-z0-9]([-a-z0-9]{0,30}[a-z0-9])?$/;
const GARBAGE: readonly unknown[] = [null, 7, 'text', true, [1, 2], () => 1, Symbol('s'), Number.NaN];

const major = (version: string): string => version.split('.')[0] ?? '';

/** Brand, contract and name. */
export function identity<P>({ plugin }: Subject<P>): readonly string[] {
  return [
    ...(plugin.$type === MODE_TYPE ? [] : ['it was not made by defineMode']),
    ...(major(plugin.contract) === major(CONTRACT) ? [] : [`contract ${plugin.contract} is not ${CONTRACT}`]),
    ...(MODE_NAME.test(plugin.name) ? [] : [`name ${JSON.stringify(plugin.name)} is no DNS label of at most 32`]),
    ...(plugin.extends === plugin.name ? ['it extends itself'] : []),
  ];
}

/** Each kind is owned or watched, once. */
export function kinds<P>({ plugin }: Subject<P>): readonly string[] {
  const all = [...plugin.owns.map(({ kind }) => kind), ...(plugin.watches ?? [])].map(kindKey);
  return all.filter((key, at) => all.indexOf(key) !== at).map((key) => `${key} is named twice`);
}

/** Parameters that are no object are refused; any are judged synchronously. */
export function params<P>({ plugin }: Subject<P>): readonly string[] {
  const judge = (value: unknown, mayPass: boolean) =>
    attempt(() => {
      const result = plugin.params['~standard'].validate(value);
      if (result instanceof Promise) return ['the schema is asynchronous'];
      return result.issues || mayPass ? [] : ['accepted'];
    }).map((fault) => `params ${String(value)}: ${fault}`);
  return [...GARBAGE.flatMap((value) => judge(value, false)), ...judge({}, true)];
}
