import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';
import { agentInput, describeAgent } from './index.js';

/** `npm test` needs nothing but Node: without Python these are counted as skipped, and fail where CI promises it. */
const hasPython = spawnSync('python3', ['--version']).status === 0 || process.env['CI'] === 'true';

describe.runIf(hasPython)('with python3', () => {
  describeAgent('examples/my-agent (Python)', {
    command: ['python3', fileURLToPath(new URL('../../../../examples/my-agent/agent.py', import.meta.url))],
    answer: (text) => `You said: ${text}`,
    busy: () => ({ messages: agentInput('word '.repeat(10_000)).messages }),
  });
});
