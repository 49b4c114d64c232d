import type { V1HTTPGetAction } from '@kubernetes/client-node';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { portNumber, type ContainerSite } from './container-site.js';
import { failed, passed, type ProbeResult } from './probe-result.js';

/** The kubelet reads no more of an answer. */
const BODY_BYTES = 10_240;

/** A GET that goes well with any status from 200 to 399; no certificate is verified, as in a kubelet. */
export async function checkHttp(
  action: V1HTTPGetAction,
  site: ContainerSite,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const port = portNumber(site.container, action.port);
  if (port === undefined) return failed(`the container has no port named "${action.port}"`);
  const request = action.scheme === 'HTTPS' ? httpsRequest : httpRequest;
  const options: RequestOptions = {
    host: action.host ?? site.host,
    port,
    path: pathOf(action),
    headers: headersOf(action),
    agent: false,
    rejectUnauthorized: false,
    signal,
  };
  return new Promise((resolve) => {
    const fail = (error: Error): void => resolve(failed(signal.aborted ? String(signal.reason) : error.message));
    try {
      request(options, (response) => judge(response, resolve, fail))
        .on('error', fail)
        .end();
    } catch (error) {
      fail(error as Error); // a path or header that HTTP does not allow
    }
  });
}

function judge(response: IncomingMessage, resolve: (result: ProbeResult) => void, fail: (error: Error) => void): void {
  const { statusCode = 0 } = response;
  const result = statusCode >= 200 && statusCode < 400 ? passed : failed(`HTTP status ${statusCode}`);
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= BODY_BYTES) return;
    resolve(result);
    response.destroy();
  });
  response.once('end', () => resolve(result));
  response.on('error', fail);
}

const pathOf = ({ path = '/' }: V1HTTPGetAction): string => (path.startsWith('/') ? path : `/${path}`);

/** Several headers of one name are all sent. */
function headersOf({ httpHeaders = [] }: V1HTTPGetAction): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = { 'user-agent': 'kube-probe/1.37', accept: '*/*' };
  for (const { name } of httpHeaders) {
    const values = httpHeaders.filter((other) => other.name.toLowerCase() === name.toLowerCase());
    headers[name.toLowerCase()] = values.length > 1 ? values.map(({ value }) => value) : (values[0]?.value ?? '');
  }
  return headers;
}
