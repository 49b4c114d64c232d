#!/usr/bin/env node
/** `npm run dev:kube`: `npm start` on a real Kubernetes control plane, from the sources. */
import { runFromSources } from '../../build/from-sources.mjs';

await runFromSources('dev:kube', new URL('../dist/bundle/main.mjs', import.meta.url), { rebuild: true });
