import { exitCodeOf, sentenceOf } from './failure.js';
import { buildProgram } from './program.js';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0); // the reader, such as `head`, has enough
  throw error;
});

try {
  await buildProgram().parseAsync();
} catch (error) {
  process.stderr.write(`sympozium: ${sentenceOf(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
