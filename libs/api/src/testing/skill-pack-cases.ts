import type { JsonObject } from '../kinds/kube-object.js';
import { SKILL_PACK } from '../kinds/skill-pack.js';
import { celCases, envProbes, fieldProbes, SAYS, type RuleProbes } from './cel-case.js';

const texts: JsonObject = {
  skills: [{ name: 'house-style', description: 'Use it always.', content: 'Write briefly.' }],
};
const sidecar = (more: JsonObject): JsonObject => ({ sidecar: { image: 'server:1', ...more } });

const http: JsonObject = { name: 'http', containerPort: 80 };
const server = (...ports: JsonObject[]): JsonObject => sidecar({ requiresServer: true, ports });

const rules: RuleProbes[] = [
  {
    at: '',
    message: SAYS.name,
    accepts: [{ does: 'the name web-endpoint', name: 'web-endpoint' }],
    refuses: [{ does: 'the name 2nd-pack', name: '2nd-pack' }],
  },
  {
    at: '',
    message: 'write a metadata.name of at most 57 characters',
    accepts: [{ does: 'a name of 57 characters', name: 'n'.repeat(57) }],
    refuses: [{ does: 'a name of 58 characters', name: 'n'.repeat(58) }],
  },
  fieldProbes({ at: 'spec.category', message: SAYS.label }, (category) => ({ ...texts, category }), [
    'serving',
    'Web serving',
  ]),
  fieldProbes(
    { at: 'spec.skills[].name', message: SAYS.label },
    (name) => ({ skills: [{ name, description: '', content: '' }] }),
    ['house-style', 'House style'],
  ),
  fieldProbes(
    { at: 'spec.sidecar.ports[].name', message: SAYS.label },
    (name) => sidecar({ ports: [{ name, containerPort: 8080 }] }),
    ['http', 'HTTP'],
  ),
  fieldProbes(
    { at: 'spec.sidecar.terminationGracePeriod', message: SAYS.duration },
    (terminationGracePeriod) => sidecar({ terminationGracePeriod }),
    ['11m', 'eleven minutes'],
  ),
  envProbes('spec.sidecar', sidecar),
  {
    at: 'spec.sidecar.ports',
    message: 'give each port a number of its own',
    accepts: [{ does: 'two ports', spec: server(http, { name: 'web', containerPort: 8080 }) }],
    refuses: [{ does: 'two names for one port', spec: server(http, { ...http, name: 'web' }) }],
  },
  {
    at: 'spec.sidecar',
    message: 'name port 8080 http: a server without a port http listens there',
    accepts: [
      { does: 'a server without a port http', spec: server({ name: 'metrics', containerPort: 9090 }) },
      { does: 'a tool whose port 8080 has any name', spec: sidecar({ ports: [{ name: 'web', containerPort: 8080 }] }) },
    ],
    refuses: [{ does: 'a server’s port 8080 of another name', spec: server({ name: 'web', containerPort: 8080 }) }],
  },
];

export const SKILL_PACK_CASES = celCases(SKILL_PACK, texts, rules);
