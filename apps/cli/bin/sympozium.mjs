#!/usr/bin/env node
import { runFromSources } from '../../../tools/build/from-sources.mjs';

await runFromSources('sympozium', new URL('../dist/bundle/main.mjs', import.meta.url), { rebuild: false });
