/** Who may do something by our own roles: the two apps of the charts, their tests, and what serves an instance. */
export type App = 'operator' | 'web proxy' | 'helm test' | 'server';

/** In this order, so that a server is who is none of the charts'. Agents are `default`, and may do nothing. */
const USERS: readonly (readonly [App, RegExp])[] = [
  ['operator', /^system:serviceaccount:[^:]+:sympozium$/],
  ['web proxy', /^system:serviceaccount:[^:]+:sympozium-web-proxy$/],
  ['helm test', /^system:serviceaccount:[^:]+:sympozium(-web-proxy)?-test$/],
  ['server', /^system:serviceaccount:suite-[^:]+:(?!default$)[^:]+$/],
];

/** Which of them a user is, as the API server calls it. */
export const appOf = (user: string): App | undefined => USERS.find(([, pattern]) => pattern.test(user))?.[0];

export const APPS: readonly App[] = ['operator', 'web proxy', 'helm test', 'server'];

/** Whose a RoleBinding of the charts is; a server's has its run's name. */
export function appOfBinding(name: string): App | undefined {
  if (/sympozium(-web-proxy)?-test$/.test(name)) return 'helm test';
  if (/sympozium-web-proxy$/.test(name)) return 'web proxy';
  return /^sympozium-operator(-system)?$/.test(name) ? 'operator' : undefined;
}
