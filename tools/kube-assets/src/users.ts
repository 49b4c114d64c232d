import type { Random } from '@sympozium/process';

/** Somebody who may speak to the API server; RBAC says what about. */
export interface User {
  readonly name: string;
  readonly groups?: readonly string[];
}

export interface UserWithToken extends User {
  readonly token: string;
}

export const ADMIN: User = { name: 'sympozium-admin', groups: ['system:masters'] };
/** Known to Kubernetes’ own roles by these names. */
export const CONTROLLER_MANAGER: User = { name: 'system:kube-controller-manager' };
export const SCHEDULER: User = { name: 'system:kube-scheduler' };

export function withToken(user: User, random: Random): UserWithToken {
  return { ...user, token: Buffer.from(random.bytes(24)).toString('base64url') };
}

/** The file for `--token-auth-file`: token, name, uid, groups. */
export function renderTokens(users: readonly UserWithToken[]): string {
  const line = ({ token, name, groups = [] }: UserWithToken) =>
    [token, name, name, groups.join(',')].map(quoted).join(',');
  return `${users.map(line).join('\n')}\n`;
}

const quoted = (field: string): string => `"${field.replaceAll('"', '""')}"`;
