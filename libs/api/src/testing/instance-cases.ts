import { SYMPOZIUM_INSTANCE } from '../kinds/instance.js';
import type { Json, JsonObject } from '../kinds/kube-object.js';
import { celCases, envProbes, fieldProbes, SAYS, type RuleProbes } from './cel-case.js';

const echo: JsonObject = { model: { provider: 'echo', name: 'echo' } };
const model = (more: JsonObject): JsonObject => ({ model: { name: 'small', ...more } });
const under = (part: string, field: string) => (value: Json) => ({ ...echo, [part]: { [field]: value } });

const rules: RuleProbes[] = [
  {
    at: '',
    message: SAYS.name,
    accepts: [{ does: 'the name demo-2', name: 'demo-2' }],
    refuses: [{ does: 'the name 2nd-demo', name: '2nd-demo' }],
  },
  {
    at: '',
    message: 'write a metadata.name of at most 40 characters',
    accepts: [{ does: 'a name of 40 characters', name: 'n'.repeat(40) }],
    refuses: [{ does: 'a name of 41 characters', name: 'n'.repeat(41) }],
  },
  fieldProbes({ at: 'spec.model.provider', message: SAYS.label }, (provider) => model({ provider }), [
    'openai',
    'OpenAI',
  ]),
  fieldProbes({ at: 'spec.model.baseURL', message: SAYS.url }, (baseURL) => model({ baseURL }), [
    'https://api.example.com/v1',
    'api.example.com/v1',
  ]),
  fieldProbes({ at: 'spec.model.proxy', message: SAYS.url }, (proxy) => model({ proxy }), [
    'http://proxy.example.com:3128',
    'http://user:secret@proxy.example.com:3128',
  ]),
  {
    at: 'spec.model.headers',
    message: 'put the key into a Secret and name it in authSecretRef; whoever reads the instance can read its headers',
    accepts: [{ does: 'a header without a secret', spec: model({ headers: { 'x-team': 'search' } }) }],
    refuses: [{ does: 'a header with a key', spec: model({ headers: { Authorization: 'Bearer secret' } }) }],
  },
  fieldProbes(
    { at: 'spec.mcpServers[].name', message: SAYS.label },
    (name) => ({ ...echo, mcpServers: [{ name, url: 'https://mcp.example.com' }] }),
    ['search', 'Search tools'],
  ),
  fieldProbes(
    { at: 'spec.mcpServers[].url', message: SAYS.url },
    (url) => ({ ...echo, mcpServers: [{ name: 'search', url }] }),
    ['https://mcp.example.com/mcp', 'ws://mcp.example.com'],
  ),
  fieldProbes({ at: 'spec.endpoint.hostname', message: SAYS.hostname }, under('endpoint', 'hostname'), [
    'agent.example.com',
    'https://agent.example.com',
  ]),
  fieldProbes({ at: 'spec.endpoint.keys[]', message: SAYS.label }, (key) => ({ ...echo, endpoint: { keys: [key] } }), [
    'team-a',
    'sk-Secret',
  ]),
  fieldProbes({ at: 'spec.runDefaults.timeout', message: SAYS.timeLimit }, under('runDefaults', 'timeout'), [
    '1s',
    '999ms',
  ]),
  fieldProbes(
    { at: 'spec.runDefaults.ttlAfterFinished', message: SAYS.duration },
    under('runDefaults', 'ttlAfterFinished'),
    ['500ms', '1.5h'],
  ),
  fieldProbes(
    { at: 'spec.runDefaults.ttlAfterFailure', message: SAYS.duration },
    under('runDefaults', 'ttlAfterFailure'),
    ['24h', '1d'],
  ),
  envProbes('spec.runDefaults.podTemplate', under('runDefaults', 'podTemplate')),
  fieldProbes({ at: 'spec.limits.maxQueueTime', message: SAYS.duration }, under('limits', 'maxQueueTime'), [
    '30s',
    'half a minute',
  ]),
];

export const INSTANCE_CASES = celCases(SYMPOZIUM_INSTANCE, echo, rules);
