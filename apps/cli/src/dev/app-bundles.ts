import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SympoziumError } from '@sympozium/api';

/** Folder of the workspace, seen from the CLI’s bundle (apps/cli/dist/bundle/main.mjs). */
const ROOT = new URL('../../../../', import.meta.url);

/** Path of a file of this checkout. */
export const workspaceFile = (path: string): string => fileURLToPath(new URL(path, ROOT));

/** Path of another app’s bundle. Apps never import each other: they are started as processes. */
export function appBundle(app: 'operator' | 'web-proxy' | 'agent-runner'): string {
  const path = workspaceFile(`apps/${app}/dist/bundle/main.mjs`);
  if (existsSync(path)) return path;
  throw new SympoziumError('SETTING_INVALID', `${app} is not built. Run \`npm run bundle\` first.`);
}
