import { defined, usage } from '@sympozium/api';
import { z } from 'zod';
import type { Frame } from './frames.js';
import { parseJson } from './json.js';
import { finishReason, json, resultError, status, tolerantUsage, toolCalls, version } from './schemas.js';

const base = { v: version, attempt: z.string().min(1).max(256), seq: z.int().min(0) };

const frame = z.discriminatedUnion('type', [
  z.object({ ...base, type: z.literal('started') }),
  z.object({ ...base, type: z.literal('heartbeat') }),
  z.object({ ...base, type: z.literal('delta'), text: z.string() }),
  z.object({
    ...base,
    type: z.literal('tool'),
    name: z.string(),
    state: z.enum(['called', 'done', 'failed']),
    detail: json.optional(),
  }),
  z.object({
    ...base,
    type: z.literal('tool_call_delta'),
    index: z.int().min(0),
    id: z.string().optional(),
    name: z.string().optional(),
    arguments: z.string().optional(),
  }),
  z.object({ ...base, type: z.literal('usage'), usage }),
  z.object({
    ...base,
    type: z.literal('result'),
    status,
    text: z.string(),
    finishReason,
    toolCalls: toolCalls.optional(),
    usage: tolerantUsage,
    error: resultError.optional(),
  }),
]);

/**
 * The frame that a line holds. Everything else that a process may print, also frames of another version and of
 * types that came later, is undefined; fields that this version does not know are left out.
 */
export function parseFrame(line: string): Frame | undefined {
  if (!/^\s*\{/.test(line)) return undefined;
  const parsed = frame.safeParse(parseJson(line));
  return parsed.success ? defined(parsed.data) : undefined;
}
