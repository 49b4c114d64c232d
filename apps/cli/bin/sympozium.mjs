#!/usr/bin/env node
import { existsSync } from 'node:fs';

const OLDEST = [20, 19];
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  console.error(`sympozium: Node ${OLDEST.join('.')} or newer is needed, and this is ${process.versions.node}.`);
  process.exitCode = 2;
} else {
  const bundle = new URL('../dist/bundle/main.mjs', import.meta.url);
  if (existsSync(bundle) || (await isBuilt())) await import(bundle.href);
}

/** Builds a fresh checkout’s apps, in about a second. */
async function isBuilt() {
  try {
    await import('../../../tools/build/bundle-all.mjs');
    return true;
  } catch (error) {
    console.error(`sympozium: this checkout is not built (${error.message.split('\n')[0]}). Run \`npm ci\` first.`);
    process.exitCode = 2;
    return false;
  }
}
