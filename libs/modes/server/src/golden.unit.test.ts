import { readdirSync, readFileSync } from 'node:fs';
import { kindKey, SYMPOZIUM_INSTANCE, type SympoziumInstance } from '@sympozium/api';
import { expect, it } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { serverView, skill } from './cluster-objects.test.js';
import { serverConfig } from './config.js';
import { planServer } from './plan.js';

/** The examples of servers, planned with a foreign sidecar; the plans stand in __golden__ (`vitest run -u` writes them). */

const EXAMPLES = new URL('../../../../examples/', import.meta.url);
const GOLDEN = new URL('__golden__/', import.meta.url);

const instancesOf = (file: string): readonly SympoziumInstance[] =>
  parseAllDocuments(readFileSync(new URL(file, EXAMPLES), 'utf8'))
    .map((document) => document.toJS() as SympoziumInstance)
    .filter((object) => kindKey(object) === kindKey(SYMPOZIUM_INSTANCE));

function planOf({ metadata, spec }: SympoziumInstance): string {
  const [{ skillPackRef: { name = '' } = {} } = {}] = spec.skills ?? [];
  const view = serverView({ instance: { metadata, spec }, skills: [skill(name, {})] });
  return planServer(view, serverConfig.parse({}))
    .map(({ object, stage, onDrift, ...rest }) => {
      const generate = 'generate' in rest ? `, generate: ${JSON.stringify(rest.generate)}` : '';
      return `# stage: ${stage}, onDrift: ${onDrift}${generate}\n${stringify(object, { lineWidth: 0 })}`;
    })
    .join('---\n');
}

const files = ['server.yaml', 'gateway.yaml'];

it.each(files)('the plan of examples/%s is as committed', async (file) => {
  const instances = instancesOf(file);
  expect(instances.map(({ metadata: { name } }) => name)).toEqual(['demo']);
  await expect(instances.map(planOf).join('---\n')).toMatchFileSnapshot(new URL(file, GOLDEN).pathname);
});

it('has no golden file without an example', () => {
  expect(readdirSync(GOLDEN).sort()).toEqual([...files].sort());
});
