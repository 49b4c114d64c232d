import { readdirSync, readFileSync } from 'node:fs';
import {
  AGENT_RUN,
  agentRunSpec,
  API_VERSION,
  instanceSpec,
  kindKey,
  scheduleSpec,
  SKILL_PACK,
  skillPackSpec,
  SYMPOZIUM_INSTANCE,
  SYMPOZIUM_SCHEDULE,
  type AgentRun,
  type KubeObject,
  type SympoziumInstance,
  type SympoziumSchedule,
} from '@sympozium/api';
import type { Desired } from '@sympozium/plugin-sdk';
import { agentRun, runView, sympoziumInstance } from '@sympozium/plugin-sdk/testing';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { taskConfig, type TaskParams } from './config.js';
import { planTask } from './plan.js';

/** Every example, checked by the schemas and planned; the plans stand in __golden__ (`vitest run -u` writes them). */

const SPECS: Readonly<Record<string, { parse(spec: unknown): unknown }>> = {
  [AGENT_RUN.kind]: agentRunSpec,
  [SYMPOZIUM_INSTANCE.kind]: instanceSpec,
  [SKILL_PACK.kind]: skillPackSpec,
  [SYMPOZIUM_SCHEDULE.kind]: scheduleSpec,
};

const EXAMPLES = new URL('../../../../examples/', import.meta.url);
const GOLDEN = new URL('__golden__/', import.meta.url);

const files = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' })
  // plugins.yaml is the operator's own file, no object.
  .filter((file) => file.endsWith('.yaml') && !file.endsWith('plugins.yaml'))
  .sort();

function documents(file: string): readonly KubeObject[] {
  return parseAllDocuments(readFileSync(new URL(file, EXAMPLES), 'utf8')).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as KubeObject;
  });
}

const ofKind = <T extends KubeObject>(file: string, kind: { apiVersion: string; kind: string }): readonly T[] =>
  documents(file).filter((object) => kindKey(object) === kindKey(kind)) as T[];

/** As the API server fills them in; an example without a run shows the plan of one that says hello. */
function plans(file: string): readonly (readonly [run: string, plan: readonly Desired[]])[] {
  const instances = ofKind<SympoziumInstance>(file, SYMPOZIUM_INSTANCE);
  const runs = ofKind<AgentRun>(file, AGENT_RUN);
  const asked = runs.length > 0 ? runs : instances.map(helloTo);
  return asked.map(({ metadata, spec }) => {
    const instance = instances.find(({ metadata: { name } }) => name === spec.instanceRef.name);
    if (!instance) throw new Error(`${file} does not bring the instance ${spec.instanceRef.name} that its run names`);
    const view = runView<TaskParams>({ run: { metadata, spec }, instance });
    return [metadata.name, planTask(view, taskConfig.parse({}))];
  });
}

const helloTo = ({ metadata: { name } }: SympoziumInstance): AgentRun => agentRun({ spec: { instanceRef: { name } } });

const goldenName = (file: string, run: string): string =>
  `${file.replace(/\.yaml$/, '').replaceAll('/', '.')}.${run}.yaml`;

const toYaml = (plan: readonly Desired[]): string =>
  plan
    .map(({ object, stage, onDrift, ...rest }) => {
      const mutable = 'mutable' in rest ? `, mutable: ${rest.mutable?.join(' ')}` : '';
      return `# stage: ${stage}, onDrift: ${onDrift}${mutable}\n${stringify(object, { lineWidth: 0 })}`;
    })
    .join('---\n');

const golden = files.flatMap((file) =>
  plans(file).map(([run, plan]) => [goldenName(file, run), toYaml(plan)] as const),
);

it.each(golden)('the plan of %s is as committed', async (name, yaml) => {
  await expect(yaml).toMatchFileSnapshot(new URL(name, GOLDEN).pathname);
});

it('has no golden file without an example', () => {
  expect(readdirSync(GOLDEN).sort()).toEqual(golden.map(([name]) => name).sort());
});

describe.each(files)('examples/%s', (file) => {
  it('holds only what the schemas accept, and nothing that they do not know', () => {
    for (const { apiVersion, kind, spec } of documents(file) as (KubeObject & { spec: unknown })[]) {
      if (apiVersion !== API_VERSION) continue;
      expect(SPECS[kind]?.parse(spec)).toMatchObject(spec as object);
    }
  });

  it('can be applied in any namespace, again and again', () => {
    for (const { metadata } of documents(file)) expect(Object.keys(metadata)).toEqual(['name']);
  });

  it('holds no secret', () => {
    expect(documents(file).map(({ kind }) => kind)).not.toContain('Secret');
  });
});

/** The instance that `npm start` makes. */
const DEMO = 'demo';
const isForDemo = (file: string): boolean =>
  ofKind<SympoziumSchedule>(file, SYMPOZIUM_SCHEDULE).some(({ spec }) => spec.instanceRef.name === DEMO);

it('every example brings an instance of its own, or is a schedule for the one of `npm start`', () => {
  const without = files.filter((file) => ofKind(file, SYMPOZIUM_INSTANCE).length === 0);
  expect(without.filter((file) => !isForDemo(file))).toEqual([]);
  expect(sympoziumInstance().spec.model.provider).toBe('echo');
});
