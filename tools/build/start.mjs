/**
 * `npm start`: `sympozium dev` from the sources. Its small semi-spaces (package.json) save 25 MiB, and cost no time that
 * one could measure.
 */
import { runFromSources } from './from-sources.mjs';

process.argv.splice(2, 0, 'dev');
await runFromSources('npm start', new URL('../../apps/cli/dist/bundle/main.mjs', import.meta.url), { rebuild: true });
