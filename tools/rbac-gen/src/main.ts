import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { generatedFiles } from './generated-files.js';

/** Writes every generated file, or with `--check` names those that differ; run from the root of the workspace. */
const isCheck = process.argv.includes('--check');
for (const [path, text] of generatedFiles()) {
  const differs = !existsSync(path) || readFileSync(path, 'utf8') !== text;
  if (!differs) continue;
  console.log(isCheck ? `${path} differs: npm run generate` : path);
  if (isCheck) process.exitCode = 1;
  else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
