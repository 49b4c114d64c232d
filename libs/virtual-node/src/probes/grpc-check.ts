import type { V1GRPCAction } from '@kubernetes/client-node';
import { connect, type ClientHttp2Session } from 'node:http2';
import type { ContainerSite } from './container-site.js';
import { failed, passed, type ProbeResult } from './probe-result.js';

const SERVING = 1;
const FRAME_HEAD_BYTES = 5;
const SERVICE_TAG = 0x0a;
const STATUS_TAG = 0x08;

/** The gRPC health check, https://github.com/grpc/grpc/blob/master/doc/health-checking.md: goes well when it says SERVING. */
export async function checkGrpc(action: V1GRPCAction, site: ContainerSite, signal: AbortSignal): Promise<ProbeResult> {
  const session = connect(`http://${site.host}:${action.port}`);
  const abort = (): void => session.destroy(signal.reason as Error);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await ask(session, action.service ?? '');
  } catch (error) {
    return failed(signal.aborted ? String(signal.reason) : (error as Error).message);
  } finally {
    signal.removeEventListener('abort', abort);
    session.destroy();
  }
}

function ask(session: ClientHttp2Session, service: string): Promise<ProbeResult> {
  return new Promise((resolve, reject) => {
    session.on('error', reject);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const parts: Buffer[] = [];
    let refusal = '';
    stream.on('data', (part: Buffer) => parts.push(part));
    for (const event of ['response', 'trailers'] as const)
      stream.on(event, (headers: Record<string, unknown>) => (refusal ||= refusalIn(headers)));
    stream.on('error', reject);
    stream.once('end', () => resolve(verdict(Buffer.concat(parts), refusal)));
    stream.end(requestFrame(service));
  });
}

function refusalIn(headers: Record<string, unknown>): string {
  const { 'grpc-status': status = '0', 'grpc-message': message = '' } = headers;
  return String(status) === '0' ? '' : `gRPC status ${String(status)} ${String(message)}`.trim();
}

function verdict(answer: Buffer, refusal: string): ProbeResult {
  if (refusal !== '') return failed(refusal);
  const [tag, status] = answer.subarray(FRAME_HEAD_BYTES);
  return tag === STATUS_TAG && status === SERVING ? passed : failed('the service does not say SERVING');
}

/** One uncompressed message: a HealthCheckRequest, empty when it is about the whole server. */
function requestFrame(service: string): Buffer {
  const name = Buffer.from(service);
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from([SERVICE_TAG, ...varint(name.length)]), name]);
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}
