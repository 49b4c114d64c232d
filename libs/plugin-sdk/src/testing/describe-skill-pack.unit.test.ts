import { describe, expect, it } from 'vitest';
import { defineSkillPack, type SkillPackParts, type SkillPackPlugin } from '../skill-pack.js';
import { describeSkillPack, skillPackFaults } from './describe-skill-pack.js';

const pack = (spec: SkillPackParts['spec']): SkillPackPlugin => defineSkillPack({ name: 'probe', spec });
const server = (sidecar: Partial<NonNullable<SkillPackParts['spec']['sidecar']>>): SkillPackPlugin =>
  pack({ sidecar: { image: 'server:1', requiresServer: true, ...sidecar } });
const params = (schema: Record<string, unknown>): SkillPackPlugin => pack({ params: schema });
const env = (name: string, value: string): SkillPackPlugin => server({ env: [{ name, value }] });
const probe = (readiness: Record<string, unknown>): SkillPackPlugin => server({ probes: { readiness } });

const whole = server({
  env: [
    { name: 'GRACE_MS', value: '1000' },
    { name: 'API_KEY', valueFrom: { secretKeyRef: { name: 'mine', key: 'key' } } },
  ],
  ports: [
    { name: 'http', containerPort: 8080 },
    { name: 'metrics', containerPort: 9090 },
  ],
  probes: { readiness: { httpGet: { path: '/readyz', port: 9090 } }, liveness: { tcpSocket: { port: 'http' } } },
});

describeSkillPack(whole);
describeSkillPack(params({ type: 'object', properties: { at: { type: 'string', format: 'date' } } }));
describeSkillPack(params({ $schema: 'http://json-schema.org/draft-07/schema#', items: [{ type: 'string' }] }));
describeSkillPack(probe({ tcpSocket: { port: 8080 } }));
describeSkillPack(probe({ exec: { command: ['true'] } }));

/** Each planted fault, and the promise whose check must find it. */
const PLANTED: readonly (readonly [fault: string, promise: string, plugin: SkillPackPlugin])[] = [
  ['no brand', 'is stamped by', { ...whole, $type: 'other' as SkillPackPlugin['$type'] }],
  ['another contract', 'is stamped by', { ...whole, contract: '2.0.0' }],
  ['an object of another kind', 'is stamped by', { ...whole, object: { ...whole.object, kind: 'Pod' } }],
  ['a wrong name', 'has a name and a spec', { ...whole, object: { ...whole.object, metadata: { name: 'A' } } }],
  [
    'a namespace',
    'has a name and a spec',
    { ...whole, object: { ...whole.object, metadata: { name: 'a', namespace: 'b' } } },
  ],
  ['a Date', 'is plain JSON', { ...whole, object: { ...whole.object, spec: { params: { x: new Date(0) } } } }],
  ['a spec that can be changed', 'cannot be changed', { ...whole, object: structuredClone(whole.object) }],
  ['a skill without a use', 'tells of every skill', pack({ skills: [{ name: 'a', description: ' ', content: 'a' }] })],
  ['a skill without a text', 'tells of every skill', pack({ skills: [{ name: 'a', description: 'a', content: '' }] })],
  ['params of no type', 'has params', params({ type: 'text' })],
  ['params that refer to nothing', 'has params', params({ properties: { a: { $ref: '#/$defs/none' } } })],
  ['params that are judged later', 'has params', params({ $async: true })],
  ['params of another standard', 'has params', params({ $schema: 'https://example.com/dialect' })],
  ['a probe of another port', 'probes ports', probe({ httpGet: { path: '/', port: 9090 } })],
  ['a probe of an unknown name', 'probes ports', probe({ tcpSocket: { port: 'metrics' } })],
  ['a probe without a handler', 'probes ports', probe({ periodSeconds: 1 })],
  ['a probe with two handlers', 'probes ports', probe({ tcpSocket: { port: 8080 }, exec: { command: ['a'] } })],
  ['a probe of another host', 'probes ports', probe({ tcpSocket: { port: 8080, host: '10.0.0.1' } })],
  ['a token in its name', 'has an environment', env('GITHUB_TOKEN', 'abc')],
  ['a key in its value', 'has an environment', env('OPTIONS', '--key sk-0123456789abcdef')],
  ['a password in an address', 'has an environment', env('DATABASE', 'postgres://me:secret@db/x')],
  ['an operator’s name', 'has an environment', env('POD_IP', '10.0.0.1')],
];

describe('skillPackFaults', () => {
  it.each(PLANTED)('finds %s', (_fault, promise, plugin) => {
    const promises = Object.keys(skillPackFaults(plugin));
    expect(promises).toEqual(expect.arrayContaining([expect.stringContaining(promise)]));
  });

  it('finds nothing in a pack that keeps its promises', () => {
    expect(skillPackFaults(whole)).toEqual({});
  });
});
