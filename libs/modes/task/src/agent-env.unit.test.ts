import { AGENT_ENV } from '@sympozium/api';
import { agentRun, sympoziumInstance } from '@sympozium/plugin-sdk/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agentEnv, literal, resultBytes } from './agent-env.js';

type Env = { name: string; value: string }[];
type Given = { run?: Env; instance?: Env; stream?: string; model?: object };

function environment({ run = [], instance = [], stream, model = {} }: Given) {
  const spec = {
    model: { provider: 'echo', name: 'echo', ...model },
    agent: { image: 'agent:1', env: instance },
  };
  return agentEnv({
    run: agentRun({ spec: stream === undefined ? {} : { stream: { url: stream } } }),
    instance: sympoziumInstance({ spec }),
    overrides: { env: run },
    containers: 1,
  });
}

const valueOf = (given: Given, name: string) => environment(given).find((variable) => variable.name === name);

describe('who has the last word on a variable', () => {
  const [ours, theirs] = [
    { name: 'HOME', value: '/instance' },
    { name: 'HOME', value: '/run' },
  ];

  it.each([
    ['our default, where nobody speaks', {}, '/tmp'],
    ['the instance over our default', { instance: [ours] }, '/instance'],
    ['the run over the instance', { instance: [ours], run: [theirs] }, '/run'],
    ['the later of two', { run: [ours, theirs] }, '/run'],
  ])('%s', (_who, given, value) => {
    expect(valueOf(given, 'HOME')).toEqual({ name: 'HOME', value });
  });

  it.each(Object.values(AGENT_ENV))('the protocol on %s', (name) => {
    const fake = { name, value: 'forged' };
    const full = { stream: 'http://proxy/runs/hello', model: { authSecretRef: { name: 'openai', key: 'api-key' } } };
    expect(valueOf({ ...full, run: [fake], instance: [fake] }, name)).toEqual(valueOf(full, name));
  });

  it('one of them: each name stands once, and refers only to what stands before it', () => {
    const names = fc.constantFrom('A', 'B', 'HOME', ...Object.values(AGENT_ENV));
    const env = fc.array(fc.record({ name: names, value: fc.string() }));
    fc.assert(
      fc.property(env, env, (run, instance) => {
        const all = environment({ run, instance }).map(({ name }) => name);
        expect(new Set(all).size).toBe(all.length);
        expect(all[0]).toBe(AGENT_ENV.run);
      }),
    );
    const order = environment({
      run: [
        { name: 'X', value: '1' },
        { name: 'HOME', value: '/$(X)' },
      ],
    });
    expect(order.map(({ name }) => name).slice(-2)).toEqual(['X', 'HOME']);
  });
});

describe('the protocol’s variables', () => {
  it('take the model’s key from its Secret and nowhere else', () => {
    const model = { authSecretRef: { name: 'openai', key: 'api-key' } };
    expect(valueOf({ model }, AGENT_ENV.modelKey)).toEqual({
      name: AGENT_ENV.modelKey,
      valueFrom: { secretKeyRef: { name: 'openai', key: 'api-key' } },
    });
    expect(valueOf({}, AGENT_ENV.modelKey)).toBeUndefined();
  });

  it('tell one attempt from another by the Pod’s uid', () => {
    expect(valueOf({}, AGENT_ENV.attempt)?.valueFrom?.fieldRef?.fieldPath).toBe('metadata.uid');
  });

  it('name a stream and its token only where somebody waits', () => {
    const names = (given: Given) => environment(given).map(({ name }) => name);
    expect(names({})).not.toContain(AGENT_ENV.streamUrl);
    expect(names({})).not.toContain(AGENT_ENV.tokenFile);
    expect(names({ stream: 'http://10.0.0.1:8081/runs/hello' })).toEqual(
      expect.arrayContaining([AGENT_ENV.streamUrl, AGENT_ENV.tokenFile]),
    );
  });

  it('reach the agent as they are, whatever a kubelet expands', () => {
    const text = fc.array(fc.constantFrom('$', '(', ')', 'A', '$(A)', '$$', ' ')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (value) => {
        expect(expanded(literal(value), { A: 'oops' })).toBe(value);
      }),
    );
    expect(valueOf({ model: { proxy: 'http://proxy/$(P)' } }, 'HTTPS_PROXY')?.value).toBe('http://proxy/$$(P)');
  });
});

it.each([
  [1, 4096],
  [2, 4096],
  [3, 3072],
  [11, 1024],
])('a container among %i may leave %i bytes', (containers, bytes) => {
  expect(resultBytes(containers)).toBe(bytes);
});

/** The kubelet's expansion, https://github.com/kubernetes/kubernetes/blob/master/third_party/forked/golang/expansion/expand.go */
function expanded(input: string, variables: Readonly<Record<string, string>>): string {
  let out = '';
  for (let at = 0; at < input.length; at += 1) {
    if (input[at] !== '$' || at + 1 === input.length) out += input[at];
    else if (input[at + 1] === '$') {
      out += '$';
      at += 1;
    } else {
      const name = /^\$\(([^)]*)\)/.exec(input.slice(at));
      out += name ? (variables[name[1] ?? ''] ?? name[0]) : input.slice(at, at + 2);
      at += name ? name[0].length - 1 : 1;
    }
  }
  return out;
}
