/** `npm start`: `sympozium dev` from the sources. */
import { runFromSources } from './from-sources.mjs';

process.argv.splice(2, 0, 'dev');
await runFromSources('npm start', new URL('../../apps/cli/dist/bundle/main.mjs', import.meta.url), { rebuild: true });
