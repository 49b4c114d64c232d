import { AGENT_RUN } from '../kinds/agent-run.js';
import type { Json, JsonObject } from '../kinds/kube-object.js';
import { celCases, envProbes, fieldProbes, SAYS, type RuleProbes } from './cel-case.js';

const task: JsonObject = { instanceRef: { name: 'demo' }, task: 'Say hello.' };
const server: JsonObject = { instanceRef: { name: 'demo' }, mode: 'server' };
const taskWith = (more: JsonObject): JsonObject => ({ ...task, ...more });
const talk = (...messages: JsonObject[]): JsonObject => ({ instanceRef: { name: 'demo' }, messages });
const text = (words: string): JsonObject[] => [{ type: 'text', text: words }];

const names: RuleProbes[] = [
  {
    at: '',
    message: SAYS.name,
    accepts: [{ does: 'the name answer-7', name: 'answer-7' }],
    refuses: [{ does: 'the name 7-answers', name: '7-answers' }],
  },
  {
    at: '',
    message: 'write a metadata.name of at most 52 characters',
    accepts: [{ does: 'a name of 52 characters', name: 'n'.repeat(52) }],
    refuses: [{ does: 'a name of 53 characters', name: 'n'.repeat(53) }],
  },
];

const input: RuleProbes[] = [
  {
    at: 'spec',
    message: 'give task (one text) or messages (a conversation), but not both',
    accepts: [{ does: 'messages alone', spec: talk({ role: 'user', content: text('Hello') }) }],
    refuses: [{ does: 'task and messages', spec: taskWith({ messages: [{ role: 'user', content: text('Hello') }] }) }],
  },
  {
    at: 'spec',
    message: 'give task (one text) or messages (a conversation); a run that serves writes mode: server',
    accepts: [
      { does: 'a server run without task and messages', spec: server },
      {
        does: 'a run whose skills may make it a server',
        spec: { instanceRef: { name: 'demo' }, skills: [{ skillPackRef: { name: 'web-endpoint' } }] },
      },
    ],
    refuses: [
      {
        does: 'a run with an empty list of skills',
        spec: { instanceRef: { name: 'demo' }, skills: [] },
      },
      { does: 'neither task nor messages', spec: { instanceRef: { name: 'demo' } } },
      { does: 'a task run without task and messages', spec: { instanceRef: { name: 'demo' }, mode: 'task' } },
    ],
  },
  {
    at: 'spec.messages[]',
    message: 'a message of role tool needs tool_call_id, the id of the call that it answers',
    accepts: [
      {
        does: 'a tool message with tool_call_id',
        spec: talk(
          {
            role: 'assistant',
            contentForm: 'null',
            tool_calls: [{ id: 'call-1', type: 'function', function: { name: 'clock', arguments: '{}' } }],
          },
          { role: 'tool', content: text('noon'), tool_call_id: 'call-1' },
        ),
      },
    ],
    refuses: [{ does: 'a tool message without tool_call_id', spec: talk({ role: 'tool', content: text('noon') }) }],
  },
  {
    at: 'spec.messages[]',
    message: 'give content; only a message of role assistant may go without',
    accepts: [{ does: 'an assistant message without content', spec: talk({ role: 'assistant' }) }],
    refuses: [{ does: 'a user message without content', spec: talk({ role: 'user' }) }],
  },
  {
    at: 'spec.messages[]',
    message: 'contentForm string goes with exactly one text part, contentForm null with no content; or leave it out',
    accepts: [
      {
        does: 'one text under contentForm string',
        spec: talk({ role: 'user', contentForm: 'string', content: text('') }),
      },
    ],
    refuses: [
      {
        does: 'two parts under contentForm string',
        spec: talk({ role: 'user', contentForm: 'string', content: [...text('a'), ...text('b')] }),
      },
      {
        does: 'content under contentForm null',
        spec: talk({ role: 'assistant', contentForm: 'null', content: text('a') }),
      },
    ],
  },
  {
    at: 'spec.toolChoice',
    message: 'give name with mode function, and only with it',
    accepts: [
      { does: 'toolChoice of a function by name', spec: taskWith({ toolChoice: { mode: 'function', name: 'clock' } }) },
    ],
    refuses: [
      { does: 'toolChoice of a function without name', spec: taskWith({ toolChoice: { mode: 'function' } }) },
      { does: 'toolChoice auto with a name', spec: taskWith({ toolChoice: { mode: 'auto', name: 'clock' } }) },
    ],
  },
];

const fields: RuleProbes[] = [
  fieldProbes({ at: 'spec.mode', message: SAYS.label }, (mode) => taskWith({ mode }), ['task', 'Task']),
  fieldProbes({ at: 'spec.timeout', message: SAYS.timeLimit }, (timeout) => taskWith({ timeout }), ['1h30m', '0s']),
  fieldProbes(
    { at: 'spec.ttlAfterFinished', message: SAYS.duration },
    (ttlAfterFinished) => taskWith({ ttlAfterFinished }),
    ['0s', '7 days'],
  ),
  fieldProbes(
    { at: 'spec.ttlAfterFailure', message: SAYS.duration },
    (ttlAfterFailure) => taskWith({ ttlAfterFailure }),
    ['8760h', '8761h'],
  ),
  fieldProbes({ at: 'spec.stream.url', message: SAYS.url }, (url) => taskWith({ stream: { url } }), [
    'http://[::1]:8081/runs/answer?from=0',
    'http://user:secret@proxy/runs/answer',
  ]),
  envProbes('spec.podTemplate', (podTemplate) => taskWith({ podTemplate })),
];

/** For each field that is fixed in task runs: a value, and another one. */
const FIXED: Readonly<Record<string, readonly [Json, Json]>> = {
  task: ['Say hello.', 'Say goodbye.'],
  messages: [[{ role: 'user', content: text('Hello') }], [{ role: 'user', content: text('Goodbye') }]],
  systemPrompt: ['Be brief.', 'Be kind.'],
  model: ['small', 'large'],
  generation: [{ temperature: 0 }, { temperature: 1 }],
  tools: [[{ type: 'function', function: { name: 'clock' } }], [{ type: 'function', function: { name: 'calendar' } }]],
  toolChoice: [{ mode: 'auto' }, { mode: 'none' }],
  skills: [[{ skillPackRef: { name: 'search' } }], [{ skillPackRef: { name: 'browse' } }]],
  timeout: ['1m', '2m'],
  retry: [{ limit: 0 }, { limit: 1 }],
  stream: [{ url: 'http://127.0.0.1:1/runs/a' }, { url: 'http://127.0.0.1:2/runs/a' }],
  podTemplate: [{ runtimeClassName: 'runc' }, { runtimeClassName: 'gvisor' }],
  params: [{ depth: 1 }, { depth: 2 }],
};

const fixed: RuleProbes[] = Object.entries(FIXED).map(([field, [before, after]]) => {
  const given = field === 'task' || field === 'messages' ? { instanceRef: { name: 'demo' } } : task;
  return {
    at: '',
    message: `a task run keeps its ${field}; change only cancel and the ttls, or create a new run`,
    accepts: [
      {
        does: `another ${field} in a server run`,
        spec: { ...server, [field]: before },
        update: { spec: { [field]: after } },
      },
    ],
    refuses: [
      {
        does: `another ${field} in a task run`,
        spec: { ...given, mode: 'task', [field]: before },
        update: { spec: { [field]: after } },
      },
    ],
  };
});

const model = {
  at: '',
  message: 'a task run keeps its model; change only cancel and the ttls, or create a new run',
};
const messages = {
  at: '',
  message: 'a task run keeps its messages; change only cancel and the ttls, or create a new run',
};

const edits: RuleProbes[] = [
  {
    ...model,
    accepts: [
      {
        does: 'cancel and other ttls in a task run',
        spec: taskWith({ mode: 'task' }),
        update: { spec: { cancel: true, ttlAfterFinished: '2h', ttlAfterFailure: '3h' } },
      },
      {
        does: 'a model added to a run that was decided to serve',
        status: { mode: 'server' },
        update: { spec: { model: 'large' } },
      },
    ],
    refuses: [
      { does: 'a model added before a mode is decided', update: { spec: { model: 'large' } } },
      { does: 'a model taken from a task run', spec: taskWith({ model: 'small' }), update: { spec: { model: null } } },
      {
        does: 'a model added to a run that was decided to be a task',
        status: { mode: 'task' },
        update: { spec: { model: 'large' } },
      },
    ],
  },
  {
    ...messages,
    accepts: [],
    refuses: [
      {
        does: 'another value in a field of a message that the schema does not name',
        spec: talk({ role: 'user', content: text('Hello'), audio: { id: 'a', lang: 'en' } }),
        update: { spec: { messages: [{ role: 'user', content: text('Hello'), audio: { id: 'a', lang: 'de' } }] } },
      },
    ],
  },
  {
    at: 'spec',
    message: 'a run keeps its mode; create a new run with the other mode',
    accepts: [{ does: 'the same mode again', spec: taskWith({ mode: 'task' }), update: { spec: { mode: 'task' } } }],
    refuses: [
      { does: 'another mode', spec: taskWith({ mode: 'task' }), update: { spec: { mode: 'server' } } },
      { does: 'a mode given later', update: { spec: { mode: 'task' } } },
      { does: 'a mode taken away', spec: taskWith({ mode: 'server' }), update: { spec: { mode: null } } },
    ],
  },
  {
    at: 'spec',
    message: 'a cancelled run stays cancelled; create a new run',
    accepts: [{ does: 'cancel set to true', spec: taskWith({ cancel: false }), update: { spec: { cancel: true } } }],
    refuses: [
      { does: 'cancel set back to false', spec: taskWith({ cancel: true }), update: { spec: { cancel: false } } },
      { does: 'cancel taken away', spec: taskWith({ cancel: true }), update: { spec: { cancel: null } } },
    ],
  },
  {
    at: 'spec.instanceRef',
    message: 'a run stays with its instance; create a new run',
    accepts: [{ does: 'the same instance again', update: { spec: { instanceRef: { name: 'demo' } } } }],
    refuses: [
      { does: 'another instance in a server run', spec: server, update: { spec: { instanceRef: { name: 'b' } } } },
    ],
  },
  {
    at: 'status.phase',
    message: 'Succeeded and Failed are final; create a new run',
    accepts: [
      { does: 'Succeeded after Running', status: { phase: 'Running' }, statusUpdate: { phase: 'Succeeded' } },
      { does: 'a message after the end', status: { phase: 'Failed' }, statusUpdate: { message: 'It failed.' } },
    ],
    refuses: [
      { does: 'Running after Succeeded', status: { phase: 'Succeeded' }, statusUpdate: { phase: 'Running' } },
      { does: 'an end taken back', status: { phase: 'Failed' }, statusUpdate: { phase: null } },
    ],
  },
];

export const AGENT_RUN_CASES = celCases(AGENT_RUN, task, [...names, ...input, ...fields, ...fixed, ...edits]);
