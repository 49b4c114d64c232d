import { expect, it } from 'vitest';
import { chatRequest } from './chat-request.js';
import { fieldProblem } from './field-problem.js';

const ask = { model: 'demo', messages: [{ role: 'user', content: 'Hi' }] };

it.each([
  [{ model: undefined }, 'model is missing: it must be a string.'],
  [{ model: 7 }, 'model must be a string, not 7.'],
  [{ messages: [] }, 'messages must have at least 1 item.'],
  [{ temperature: 'hot' }, 'temperature must be a number, not "hot".'],
  [{ temperature: 3 }, 'temperature must be at most 2.'],
  [{ max_tokens: 1.5 }, 'max_tokens must be a whole number, not 1.5.'],
  [{ stream: 'yes' }, 'stream must be true or false, not "yes".'],
  [
    { messages: [{ role: 'bot', content: 'x' }] },
    /^messages\[0\]\.role must be "system" or .* or "tool", not "bot"\.$/,
  ],
  [{ messages: [{ role: 'user', content: 7 }] }, 'messages[0].content must be a string or a list, not 7.'],
  [{ messages: [{ role: 'user', content: [{ type: 7 }] }] }, 'messages[0].content[0].type must be a string, not 7.'],
  [{ messages: [{ role: 'user' }] }, 'messages[0].content must not be missing: only an assistant may say nothing.'],
  [
    { messages: [{ role: 'tool', content: 'x' }] },
    'messages[0].tool_call_id is missing: it must be the id of the call.',
  ],
  [{ tool_choice: 'always' }, 'tool_choice must be "none" or "auto" or "required" or an object, not "always".'],
])('%j: %s', (fields, message) => {
  const { error } = chatRequest.safeParse({ ...ask, ...fields }, { reportInput: true });
  const [problem] = error?.issues.map(fieldProblem) ?? [];
  expect(problem?.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
});
