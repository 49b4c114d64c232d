import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { renderReady } from './report.js';

describe('renderReady', () => {
  const ready = {
    call: { origin: 'http://127.0.0.1:8080', apiKey: 'sk-abc', model: 'demo' },
    kubeconfig: "/home/it's me/kubeconfig",
  };

  it('prints a curl line whose arguments arrive whole', () => {
    const line =
      renderReady(ready)
        .split('\n')
        .find((l) => l.trim().startsWith('curl')) ?? '';
    const args = execFileSync('/bin/sh', ['-c', `curl() { printf '%s\\0' "$@"; }; ${line}`], {
      encoding: 'utf8',
    }).split('\0');
    expect(args.slice(0, -2)).toEqual([
      '-N',
      'http://127.0.0.1:8080/v1/chat/completions',
      '-H',
      'Authorization: Bearer sk-abc',
      '-H',
      'content-type: application/json',
      '-d',
    ]);
    expect(JSON.parse(args.at(-2) ?? '')).toMatchObject({ model: 'demo', stream: true });
  });

  it('names a kubeconfig that the other commands would not find by themselves', () => {
    expect(renderReady(ready)).toContain(
      `sympozium run -i demo "Say hello" --kubeconfig '/home/it'\\''s me/kubeconfig'`,
    );
  });

  it('says how to get an endpoint where there is none', () => {
    const text = renderReady({ kubeconfig: '/k' });
    expect(text).toContain('kubectl --kubeconfig /k apply -f examples/server.yaml');
    expect(text).not.toContain('API key');
  });
});
