import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../server/find-endpoint.js';
import { endpointJson, renderEndpoint } from './endpoint.js';

const FOREIGN: Endpoint = {
  instance: 'demo',
  origin: 'http://127.96.3.4:8080',
  reach: 'machine',
  apiKey: 'sk-abc',
  apiKeySecretName: 'demo-server-api-key',
};
const ENDPOINT: Endpoint = { ...FOREIGN, model: 'demo' };

/** Arguments of the curl line, as a shell hands them over. */
function curlArguments(text: string): string[] {
  const line = text.split('\n').find((candidate) => candidate.trim().startsWith('curl')) ?? '';
  const script = `curl() { printf '%s\\0' "$@"; }; ${line}`;
  return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

describe('renderEndpoint', () => {
  it('has a curl line whose arguments arrive whole', () => {
    const args = curlArguments(renderEndpoint(ENDPOINT, 'default'));
    expect(args.slice(0, -1)).toEqual([
      '-N',
      'http://127.96.3.4:8080/v1/chat/completions',
      '-H',
      'Authorization: Bearer sk-abc',
      '-H',
      'content-type: application/json',
      '-d',
    ]);
    expect(JSON.parse(args.at(-1) ?? '')).toMatchObject({ model: 'demo', stream: true });
  });

  it('leads through a port-forward where only Pods get there', () => {
    const text = renderEndpoint({ ...ENDPOINT, origin: 'http://demo-server.team.svc:8080', reach: 'cluster' }, 'team');
    expect(text).toContain('npx sympozium port-forward demo -n team\n');
    expect(curlArguments(text)).toContain('http://127.0.0.1:8080/v1/chat/completions');
  });

  it('sends no chat completion to a server that need not know them', () => {
    expect(curlArguments(renderEndpoint(FOREIGN, 'default'))).toEqual([
      'http://127.96.3.4:8080/',
      '-H',
      'Authorization: Bearer sk-abc',
    ]);
  });
});

it('endpointJson is one line', () => {
  const line = endpointJson({ ...ENDPOINT, reach: 'public', hostname: 'demo.example.org' }, false);
  expect(line.endsWith('}\n')).toBe(true);
  expect(JSON.parse(line)).toEqual({
    instance: 'demo',
    url: 'http://127.96.3.4:8080',
    hostname: 'demo.example.org',
    apiKey: 'sk-abc',
    apiKeySecretName: 'demo-server-api-key',
    ready: false,
    model: 'demo',
  });
});
