#!/usr/bin/env node
import { existsSync } from 'node:fs';

const bundle = new URL('../dist/bundle/main.mjs', import.meta.url);
if (existsSync(bundle)) {
  await import(bundle.href);
} else {
  console.error('sympozium: this checkout is not built yet. Run `npm run bundle` first.');
  process.exitCode = 2;
}
