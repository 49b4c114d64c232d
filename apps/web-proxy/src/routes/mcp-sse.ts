import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Places } from '../limits/places.js';
import type { McpSessions } from '../mcp/sessions.js';
import type { ToolCaller } from '../mcp/tool-calls.js';
import { HttpError } from '../openai/errors.js';
import { inFlight } from '../plugins/in-flight.js';
import type { Catalogue } from '../runs/catalogue.js';

export interface McpSseOptions {
  readonly sessions: McpSessions;
  readonly catalogue: Catalogue;
  readonly places: Places;
}

/**
 * MCP's HTTP+SSE transport of 2024-11-05: `GET /sse` is a session's stream, what is posted to `/message` is answered
 * on it. A stream takes none of the places of what is in flight; what it asks for does.
 */
export async function mcpSseRoutes(
  app: FastifyInstance,
  { sessions, catalogue, places }: McpSseOptions,
): Promise<void> {
  app.addHook('onRequest', async ({ headers: { origin } }) => {
    // Else any page could call what only its browser reaches, under a name of its own (DNS rebinding).
    if (origin !== undefined && !catalogue.allowsOrigin(origin)) throw new HttpError('origin_not_allowed');
  });
  app.addHook('preClose', async () => sessions.drain());

  app.get('/sse', { exposeHeadRoute: false }, async (request, reply) => {
    await sessions.open(request, reply, callerOf(request));
    return reply;
  });

  await app.register(async (messages) => {
    await messages.register(inFlight, { places });
    messages.post<{ Querystring: { sessionId?: unknown } }>(
      '/message',
      async (request, reply): Promise<FastifyReply> => {
        const session = sessions.find(request.query.sessionId, request.caller);
        await session.receive(request.body, callerOf(request));
        return reply.code(202).send();
      },
    );
  });
}

const callerOf = ({ caller, headers: { origin } }: FastifyRequest): ToolCaller => ({
  caller,
  ...(origin !== undefined && { origin }),
});
