import { fileURLToPath } from 'node:url';

/** The reference agent as it is shipped: its bundle, made by `npm run bundle`. */
export const RUNNER = [
  process.execPath,
  fileURLToPath(new URL('../../dist/bundle/main.mjs', import.meta.url)),
] as const;
