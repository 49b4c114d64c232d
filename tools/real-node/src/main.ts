import { devNode } from './dev-node.js';

try {
  process.exitCode = await devNode(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`dev:node: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
