import { writeFileSync } from 'node:fs';
import { generatedFiles } from './generated-files.js';

/** Writes every generated file; run from the root of the workspace. */
for (const [path, text] of generatedFiles('.')) {
  writeFileSync(path, text);
  console.log(path);
}
