import type { Generation, Message, ToolChoice } from '@sympozium/api';
import type { RunRequest } from '@sympozium/run-client';
import { chatRequest, type ChatMessage, type ChatRequest } from './chat-request.js';
import { HttpError } from './errors.js';
import { fieldProblem } from './field-problem.js';
import { REQUEST_FIELDS, refuseUnsupported } from './request-fields.js';

/** A chat-completion request, read. */
export interface ChatRun {
  /** The instance's name. */
  readonly model: string;
  readonly stream: boolean;
  /** A last chunk with the usage is wanted. */
  readonly includeUsage: boolean;
  readonly spec: RunRequest['spec'];
}

/** Deeper JSON than any tool's schema; what is beyond it would exhaust a stack further on. */
const MAX_DEPTH = 100;

/** Reads a request's body. Throws `invalid_request` or `unsupported_parameter`, naming the field, for any other JSON. */
export function toRun(body: unknown): ChatRun {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new HttpError('invalid_request', 'The body must be a JSON object.');
  if (isTooDeep(body)) throw new HttpError('invalid_request', `The body is nested deeper than ${MAX_DEPTH} levels.`);
  refuseUnsupported(body);
  const request = readRequest(body);
  const stream = request.stream === true;
  if (!stream && request.stream_options)
    throw new HttpError('invalid_request', 'stream_options is only allowed with "stream": true.', {
      param: 'stream_options',
    });
  return {
    model: request.model,
    stream,
    includeUsage: request.stream_options?.include_usage === true,
    spec: runSpec(request),
  };
}

function readRequest(body: object): ChatRequest {
  const { data, error } = chatRequest.safeParse(body, { reportInput: true });
  if (data) return data;
  const [problem] = error.issues.map(fieldProblem);
  throw new HttpError('invalid_request', problem?.message, problem);
}

function runSpec(request: ChatRequest): RunRequest['spec'] {
  const generation = toGeneration(request);
  return {
    messages: request.messages.map(toMessage),
    ...(Object.keys(generation).length > 0 && { generation }),
    ...(request.tools && request.tools.length > 0 && { tools: request.tools }),
    ...(request.tool_choice && { toolChoice: toToolChoice(request.tool_choice) }),
  };
}

/** Content becomes a list of parts; the form remembers how the caller wrote it, so that the model gets it so. */
function toMessage(message: ChatMessage): Message {
  const { content, name, tool_calls: calls, tool_call_id: callId, ...others } = message;
  return {
    ...others,
    ...toContent(content),
    ...(typeof name === 'string' && { name }),
    ...(calls && { tool_calls: calls }),
    ...(typeof callId === 'string' && { tool_call_id: callId }),
  };
}

function toContent(content: ChatMessage['content']): Pick<Message, 'content' | 'contentForm'> {
  if (content === undefined) return {};
  if (content === null) return { contentForm: 'null' };
  if (typeof content === 'string') return { content: [{ type: 'text', text: content }], contentForm: 'string' };
  return { content };
}

function toGeneration(request: ChatRequest): Generation {
  const fields: Partial<Record<keyof Generation, unknown>> = {};
  for (const [field, value] of Object.entries(request)) {
    const rule = REQUEST_FIELDS[field];
    if (rule?.treatment !== 'passed on' || rule.as === undefined || value === null || value === undefined) continue;
    fields[rule.as] = rule.as === 'stop' && typeof value === 'string' ? [value] : value;
  }
  return fields as Generation;
}

const toToolChoice = (choice: NonNullable<ChatRequest['tool_choice']>): ToolChoice =>
  typeof choice === 'string' ? { mode: choice } : { mode: 'function', name: choice.function.name };

function isTooDeep(body: object): boolean {
  let level: object[] = [body];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap((value) =>
      Object.values(value).filter((inner) => typeof inner === 'object' && inner !== null),
    );
  }
  return false;
}
