import type { ModePlugin } from '@sympozium/plugin-sdk';

type Validation = Awaited<ReturnType<ModePlugin['params']['~standard']['validate']>>;
type Issue = NonNullable<Validation['issues']>[number];

/** What a schema found wrong, each with its path: `retries: must be a number; name: is missing`. */
export const explainIssues = (issues: readonly Issue[]): string =>
  issues.map(({ path = [], message }) => [path.map(segment).join('.'), message].filter(Boolean).join(': ')).join('; ');

const segment = (part: NonNullable<Issue['path']>[number]): string =>
  String(typeof part === 'object' ? part.key : part);
