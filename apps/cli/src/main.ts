import { exitCodeOf, sentenceOf } from './failure.js';
import { buildProgram } from './program.js';

try {
  await buildProgram().parseAsync();
} catch (error) {
  process.stderr.write(`sympozium: ${sentenceOf(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
