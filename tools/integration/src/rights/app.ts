/** Who may do something by our own roles: the two apps of the charts, and what serves an instance. */
export type App = 'operator' | 'web proxy' | 'server';

/** In this order, so that a server is who is none of the charts'. Agents are `default`, and may do nothing. */
const USERS: readonly (readonly [App, RegExp])[] = [
  ['operator', /^system:serviceaccount:[^:]+:sympozium$/],
  ['web proxy', /^system:serviceaccount:[^:]+:sympozium-web-proxy$/],
  ['server', /^system:serviceaccount:suite-[^:]+:(?!default$)[^:]+$/],
];

/** Which of them a user is, as the API server calls it. */
export const appOf = (user: string): App | undefined => USERS.find(([, pattern]) => pattern.test(user))?.[0];
