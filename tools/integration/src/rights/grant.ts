import type { KubeObject } from '@sympozium/api';
import { accountUser, isBinding, roleOf, type AnyRole, type Rule } from '../fixture/chart-rights.js';
import { appOf, type App } from './app.js';

/** One verb of one resource, which a role gives to an app. */
export interface Grant {
  readonly app: App;
  readonly group: string;
  /** With its subresource: `pods/log`. */
  readonly resource: string;
  readonly verb: string;
  /** The only objects it is about, where `OWN` stands for the account's name; absent: all. */
  readonly names?: readonly string[];
}

export const OWN = '<own>';

/** What a chart's roles give to whom they bind. */
export const grantsOf = (rights: readonly KubeObject[]): readonly Grant[] =>
  rights.filter(isBinding).flatMap((binding) =>
    binding.subjects.flatMap(({ namespace, name }) => {
      const app = appOf(accountUser(namespace, name));
      if (!app) throw new Error(`${binding.metadata.name} binds a stranger: ${name}`);
      return grantsFor(app, roleOf(binding, rights).rules);
    }),
  );

/** What a server's Role gives to it; the Role has the server's name. */
export const serverGrants = ({ rules, metadata: { name: own } }: AnyRole): readonly Grant[] =>
  grantsFor('server', rules).map((grant) => ({
    ...grant,
    ...(grant.names && { names: grant.names.map((name) => name.replace(own, OWN)) }),
  }));

const grantsFor = (app: App, rules: readonly Rule[]): readonly Grant[] =>
  rules.flatMap(({ apiGroups, resources, verbs, resourceNames: names }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => ({ app, group, resource, verb, ...(names && { names }) }))),
    ),
  );

/** As a person would say it. */
export const grantName = ({ verb, resource, group, names }: Omit<Grant, 'app'>): string =>
  `${verb} ${resource}${group === '' ? '' : `.${group}`}${names ? ` ${names.join(', ')}` : ''}`;
