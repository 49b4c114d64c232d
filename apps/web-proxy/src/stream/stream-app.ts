import type { Logger } from '@sympozium/process';
import { FrameLines } from '@sympozium/run-protocol';
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Readable } from 'node:stream';
import type { StreamHub } from './stream-hub.js';
import type { TokenVerifier } from './token-verifier.js';

export interface StreamAppDependencies {
  readonly hub: StreamHub;
  readonly verifier: TokenVerifier;
  readonly log: Logger;
}

/** An agent's heartbeat comes every 10 s; a connection that is silent for longer is dead. */
const IDLE_MS = 30_000;
const HEADERS_MS = 15_000;

/** The server that agents post their frames to: one request a run, as long as the run. Does not listen. */
export function buildStreamApp({ hub, verifier, log }: StreamAppDependencies): FastifyInstance {
  const app = fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    connectionTimeout: IDLE_MS,
    // Node ends every request after 300 s otherwise, whether it is sending or not.
    requestTimeout: 0,
    http: { headersTimeout: HEADERS_MS },
    forceCloseConnections: true,
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, body, done) => done(null, body));
  app.setErrorHandler((error, request, reply) => {
    log.debug({ err: error, url: request.url }, 'an agent’s stream broke off');
    return reply.code(400).send({ error: 'the stream broke off' });
  });

  app.post<{ Params: { run: string } }>('/runs/:run', async (request, reply) => {
    const { run } = request.params;
    const uid = await hub.uidOf(run);
    if (uid === undefined) return reply.code(404).send({ error: 'nobody waits for this run' });
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined || !(await verifier.verify(token, uid)))
      return reply.code(401).send({ error: 'not the token of this run’s agent' });
    const lines = new FrameLines();
    // What nobody wants any more is read and dropped, so that the agent goes on.
    for await (const chunk of (request.body ?? []) as Readable)
      for (const frame of lines.push(chunk as Uint8Array)) await hub.deliver(run, frame);
    return { ok: true };
  });
  return app;
}
