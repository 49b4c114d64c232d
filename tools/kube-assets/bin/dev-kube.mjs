#!/usr/bin/env node
/** `npm run dev:kube`, and until there is an embedded cluster `npm start`: bundles the sources, then runs them. */

const OLDEST = [20, 19];
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  console.error(`dev:kube: Node ${OLDEST.join('.')} or newer is needed, and this is ${process.versions.node}.`);
  process.exitCode = 2;
} else if (await isBundled()) {
  await import('../dist/bundle/main.mjs');
}

async function isBundled() {
  try {
    await import('../../build/bundle-all.mjs');
    return true;
  } catch (error) {
    console.error(`dev:kube: the sources cannot be bundled (${error.message.split('\n')[0]}). Did \`npm ci\` run?`);
    process.exitCode = 2;
    return false;
  }
}
