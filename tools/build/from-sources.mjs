/** Runs a program of this checkout from its sources, after a look at what a fresh machine may lack. */
import { existsSync } from 'node:fs';
import module from 'node:module';

const OLDEST = [20, 19];
const [major, minor] = process.versions.node.split('.').map(Number);

/**
 * @param {string} name what the user called, for messages
 * @param {URL} bundle the program's bundle
 * @param {{ rebuild: boolean }} options whether to bundle anew what has changed, or only what was never bundled
 */
export async function runFromSources(name, bundle, { rebuild }) {
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    console.error(`${name}: Node ${OLDEST.join('.')} or newer is needed, and this is ${process.versions.node}.`);
    process.exitCode = 2;
  } else if ((!rebuild && existsSync(bundle)) || (await isBundled(name))) {
    module.enableCompileCache?.(); // since Node 22
    await import(bundle.href);
  }
}

async function isBundled(name) {
  try {
    const { bundleApps } = await import('./bundle-apps.mjs');
    await bundleApps({ onlyChanged: true });
    return true;
  } catch (error) {
    console.error(`${name}: the sources cannot be bundled (${error.message.split('\n')[0]}). Did \`npm ci\` run?`);
    process.exitCode = 2;
    return false;
  }
}
