import { describe, expect, it } from 'vitest';
import { agentError, jobObject, podObject, terminated, viewOf } from './cluster-objects.test.js';
import { observeTask } from './observe.js';

describe('messages', () => {
  const message = (status: ReturnType<typeof terminated>) => {
    const seen = observeTask(viewOf(jobObject(), [podObject({ status })]));
    return 'message' in seen ? seen.message : undefined;
  };

  it('say what happened, the case at hand and what to do next', () => {
    expect(message(terminated(137, undefined, 'OOMKilled'))).toBe(
      'The agent ended without a valid result, or reported an error: exit code 137 (OOMKilled), and no result at ' +
        '$SYMPOZIUM_RESULT. Read the message and `kubectl logs`; correct the agent or its input.',
    );
  });

  it('quote what an agent left instead of a result', () => {
    expect(message(terminated(2, 'missing config: /etc/agent.toml'))).toContain('missing config: /etc/agent.toml');
  });

  it('stay on one line, short and valid, whatever the agent says', () => {
    const text = message(terminated(1, agentError('ModelError', `a\n\tb\u0000c ${'💥'.repeat(800)}`))) ?? '';
    expect(text).toContain('a b c 💥');
    expect(text).not.toMatch(/[\n\t\0]|\p{Cs}/u);
    expect([...text].length).toBeLessThan(1400);
  });
});
