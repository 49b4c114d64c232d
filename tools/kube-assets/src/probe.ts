import { request } from 'node:https';

export interface ProbeTarget {
  readonly server: string;
  readonly ca: string;
  readonly token: string;
}

/** One GET. Nothing unless the answer is a 200 within two seconds: whoever probes asks again. */
export function probe({ server, ca, token }: ProbeTarget, path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${token}` };
    const call = request(new URL(path, server), { ca, headers, agent: false, timeout: 2_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
      response.once('end', () => resolve(response.statusCode === 200 ? body : undefined));
      response.once('error', () => resolve(undefined));
    });
    call.once('timeout', () => call.destroy());
    call.once('error', () => resolve(undefined));
    call.end();
  });
}
