/** `npm run images [-- --out FOLDER] [--base REF] [--app NAME…]`: builds the apps’ images, from the sources; docs/images.md. */
import { resolve } from 'node:path';
import { runnerImport } from 'vite';
import { bundleApps } from '../../build/bundle-apps.mjs';

process.chdir(resolve(import.meta.dirname, '../../..'));
await bundleApps({ onlyChanged: false });
await runnerImport('./tools/images/src/main.ts', {
  configFile: false,
  environments: { inline: { resolve: { conditions: ['@sympozium/source'], noExternal: [/^@sympozium\//] } } },
});
