import { toolCall, usage, type Json } from '@sympozium/api';
import { z } from 'zod';
import { PROTOCOL_VERSION } from './frames.js';

/** The limits are the AgentRun's status' own: what passes here, the API server takes. */
export const version = z.literal(PROTOCOL_VERSION);
export const status = z.enum(['ok', 'error', 'cancelled']);
export const finishReason = z.string().min(1).max(64);
export const toolCalls = z.array(toolCall).max(256);
export const resultError = z.object({ code: z.string().min(1).max(64), message: z.string().max(32_768) });

/** Counts that make no sense are left out; they are no reason to lose an answer. */
export const tolerantUsage = usage.optional().catch(undefined);

/** What JSON.parse returned is JSON; nothing to check. */
export const json = z.custom<Json>(() => true);
