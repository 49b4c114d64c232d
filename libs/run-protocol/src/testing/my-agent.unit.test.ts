import { fileURLToPath } from 'node:url';
import { agentInput, describeAgent } from './index.js';

describeAgent('examples/my-agent (Python)', {
  command: ['python3', fileURLToPath(new URL('../../../../examples/my-agent/agent.py', import.meta.url))],
  answer: (text) => `You said: ${text}`,
  busy: () => ({ messages: agentInput('word '.repeat(10_000)).messages }),
});
