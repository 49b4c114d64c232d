import type { CallToolResult, Tool } from '@modelcontextprotocol/sdk/types.js';
import { MAX_TEXT, type ErrorCode, type SympoziumInstance } from '@sympozium/api';
import type { RunAnswer, RunRequest } from '@sympozium/run-client';
import { z } from 'zod';
import { fieldProblem } from '../openai/field-problem.js';
import { invalidParams } from './rpc-error.js';

const PREFIX = 'ask_';
/** What its owner says of an object, https://kubernetes.io/docs/reference/labels-annotations-taints/#description. */
const DESCRIPTION = 'kubernetes.io/description';
const MAX_DESCRIPTION = 1_024;

const askArguments = z.strictObject({
  task: z.string().min(1).max(MAX_TEXT).describe('What the agent shall do.'),
  context: z.string().max(MAX_TEXT).optional().describe('What it must know for that: it sees nothing else.'),
});

type AskArguments = z.output<typeof askArguments>;

/** Without `$schema`: many clients check with a validator that knows no other dialect than its own. */
const inputSchema = { ...z.toJSONSchema(askArguments, { target: 'draft-7' }), $schema: undefined };

const count = { type: 'integer', minimum: 0 };

const outputSchema = {
  type: 'object',
  properties: {
    text: { type: 'string', description: 'The answer.' },
    finishReason: { type: 'string', description: 'stop, length or content_filter.' },
    usage: {
      type: 'object',
      description: 'Tokens and tool calls; absent when the agent did not count.',
      properties: { inputTokens: count, outputTokens: count, totalTokens: count, toolCalls: count },
      required: ['inputTokens', 'outputTokens', 'totalTokens'],
    },
  },
  required: ['text', 'finishReason'],
} as const;

/** The tool with which an instance is called. Nothing of its prompt is told. */
export function toolOf({ metadata }: SympoziumInstance): Tool {
  const { name, annotations } = metadata;
  const own = annotations?.[DESCRIPTION]?.slice(0, MAX_DESCRIPTION).trim();
  const described = own ? `Asks the agent ${name}: ${own}` : `Gives a task to the agent ${name}.`;
  return {
    name: `${PREFIX}${name}`,
    title: `Ask ${name}`,
    description: `${described}\n\nEach call is a run of its own: the agent remembers nothing of earlier ones.`,
    inputSchema: inputSchema as Tool['inputSchema'],
    outputSchema: outputSchema as unknown as NonNullable<Tool['outputSchema']>,
  };
}

/** The instance that a tool of this name calls; undefined for a name that no tool has. */
export const instanceNameOf = (tool: string): string | undefined =>
  tool.startsWith(PREFIX) ? tool.slice(PREFIX.length) : undefined;

/** What a call's arguments ask for. Throws the `RpcError` that says which argument must be what. */
export function readTask(args: unknown): RunRequest['spec'] {
  const { data, error } = askArguments.safeParse(args ?? {}, { reportInput: true });
  if (data) return { task: taskText(data) };
  const [issue] = error.issues;
  if (issue?.code === 'unrecognized_keys')
    throw invalidParams(`There is no argument ${JSON.stringify(issue.keys[0])}: the tool takes task and context.`);
  throw invalidParams(issue && issue.path.length > 0 ? fieldProblem(issue).message : 'arguments must be an object.');
}

const taskText = ({ task, context }: AskArguments): string => (context ? `${task}\n\nContext:\n${context}` : task);

/** What a call that was answered comes to; `run` is for those who look for it in the cluster. */
export function answered({ text, finishReason, usage }: RunAnswer, run: string): CallToolResult {
  return {
    content: [{ type: 'text', text }],
    structuredContent: { text, finishReason, ...(usage && { usage }) },
    _meta: { 'sympozium.ai/run': run },
  };
}

/** What any other call comes to: the model that made it reads the reason and what to do next. */
export const failed = (code: ErrorCode, message: string, run?: string): CallToolResult => ({
  isError: true,
  content: [{ type: 'text', text: `${code}: ${message}` }],
  _meta: { 'sympozium.ai/error': { code, message }, ...(run !== undefined && { 'sympozium.ai/run': run }) },
});
