import {
  AGENT_RUN,
  API_VERSION,
  SKILL_PACK,
  SYMPOZIUM_INSTANCE,
  type AgentRun,
  type Condition,
  type KubeObject,
  type SkillPack,
  type SkillPackSpecInput,
  type SympoziumInstance,
} from '@sympozium/api';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Served } from '../fixture/served.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { Sympozium } from '../fixture/sympozium.js';
import { until } from '../fixture/until.js';

let system: Sympozium;

beforeAll(async () => {
  const cluster = suiteCluster();
  const plugins = join(cluster.folder, 'instances-plugins.yaml');
  // The Gateway API comes and goes for the whole cluster in another suite, and each status would tell of it.
  writeFileSync(plugins, 'plugins:\n  - package: "@sympozium/mode-gateway"\n    enabled: false\n');
  system = await Sympozium.start(cluster, {
    name: 'instances',
    proxy: false,
    operatorEnv: { SYMPOZIUM_PLUGINS: plugins },
  });
});

afterAll(() => system?.stop());

const at = (name: string, namespace = system.namespace) => ({ namespace, name });

const use = (name: string) => ({ skillPackRef: { name } });

const pack = (name: string, spec: SkillPackSpecInput): Promise<SkillPack> =>
  system.admin.create(SKILL_PACK, {
    apiVersion: API_VERSION,
    kind: SKILL_PACK.kind,
    metadata: at(name),
    spec,
  } as KubeObject);

const instance = (name: string): Promise<SympoziumInstance> => system.admin.get(SYMPOZIUM_INSTANCE, at(name));

const condition = async (name: string, type: string): Promise<Condition | undefined> =>
  (await instance(name)).status?.conditions?.find((one) => one.type === type);

const run = (name: string): Promise<AgentRun> => system.admin.get(AGENT_RUN, at(name));

describe('the built-in pack', () => {
  const builtin = (): Promise<SkillPack> => system.admin.get(SKILL_PACK, at('web-endpoint', system.systemNamespace));

  it('comes back when it is deleted or edited, and costs no writes otherwise', async () => {
    const { spec, metadata } = await until('the pack is there', () => builtin().catch(() => false as const));
    const key = at('web-endpoint', system.systemNamespace);
    await system.admin.delete(SKILL_PACK, key);
    await until('another one is there', async () => {
      const now = await builtin().catch(() => undefined);
      return now !== undefined && now.metadata.uid !== metadata.uid;
    });
    const body = { spec: { description: 'Edited.', sidecar: { requiresServer: false } } };
    await system.admin.patch(SKILL_PACK, key, { type: 'merge', body });
    await until('it is as it was', async () => (await builtin()).spec.sidecar?.requiresServer === true);
    expect((await builtin()).spec).toEqual(spec);
    const writes = () => system.writes(system.systemNamespace).length;
    await until('three applies are in the audit log', () => writes() === 3);
  });
});

describe('an instance', () => {
  it('waits for a pack that is missing, and goes on when it appears', async () => {
    await system.createInstance('waiting', { skills: [use('late')] });
    expect(await condition('waiting', 'Accepted')).toMatchObject({ status: 'False', reason: 'SkillPackNotFound' });
    await pack('late', { sidecar: { image: 'none.invalid/late:1', requiresServer: true } });
    await until('it has its server run', () => run('waiting-server').catch(() => false as const));
    await until('its status says so', async () => (await condition('waiting', 'Accepted'))?.status === 'True');
    expect(await condition('waiting', 'Ready')).toMatchObject({ status: 'False' });
    await system.admin.delete(SYMPOZIUM_INSTANCE, at('waiting'));
  });

  it('rolls its Pod template into its server run and back, and leaves the run alone in other edits', async () => {
    const served = await Served.create(system, 'rolled');
    const { metadata } = await served.serving();
    await until('the instance shows it', async () => (await instance('rolled')).status?.endpoint?.ready === true);
    await served.patchInstance({ spec: { systemPrompt: 'Be brief.' } });
    await until('the edit was seen', async () => (await instance('rolled')).status?.observedGeneration === 2);
    expect((await run('rolled-server')).metadata.generation).toBe(metadata.generation);

    const podTemplate = { env: [{ name: 'GREETING', value: 'hello' }] };
    await served.patchInstance({ spec: { runDefaults: { podTemplate } } });
    await until('the run has it', async () => (await run('rolled-server')).spec.podTemplate !== undefined);
    expect((await run('rolled-server')).spec.podTemplate).toEqual(podTemplate);
    await served.patchInstance({ spec: { runDefaults: null } });
    await until('the run has lost it', async () => (await run('rolled-server')).spec.podTemplate === undefined);
    const last = await served.serving();
    expect(last.metadata.uid).toBe(metadata.uid);
    await system.quiet();
    const before = system.writes().length;
    await system.quiet(12_000);
    expect(system.writes().slice(before)).toEqual([]);
    await served.deleteInstance();
  });

  it('leaves a run of its server run’s name to who made it, and says so', async () => {
    await system.createInstance('taken');
    const foreign = await system.createRun('taken-server', { instanceRef: { name: 'taken' }, mode: 'task' });
    await system.finished('taken-server');
    await system.admin.patch(SYMPOZIUM_INSTANCE, at('taken'), {
      type: 'merge',
      body: { spec: { skills: [use('web-endpoint')] } },
    });
    await until('it says so', async () => (await condition('taken', 'Ready'))?.reason === 'NameConflict');
    expect((await run('taken-server')).metadata.uid).toBe(foreign.metadata.uid);
    await system.admin.delete(AGENT_RUN, at('taken-server'));
    await until('it has its own', async () => {
      const now = await run('taken-server').catch(() => undefined);
      return now?.spec.mode === 'server';
    });
    await system.admin.delete(SYMPOZIUM_INSTANCE, at('taken'));
  });
});

describe('a run that does not say its mode', () => {
  it('is a task, whatever its instance’s skills are', async () => {
    const served = await Served.create(system, 'both');
    await system.createRun('of-both', { instanceRef: { name: 'both' } });
    expect((await system.finished('of-both')).status).toMatchObject({ phase: 'Succeeded', mode: 'task' });
    await served.deleteInstance();
  });

  it('waits for its own skill’s pack, and then is what the pack makes of it', async () => {
    await system.createInstance('plain');
    const skills = [use('decides')];
    await system.createRun('undecided', { instanceRef: { name: 'plain' }, skills });
    await until(
      'it says what it waits for',
      async () => (await run('undecided')).status.reason === 'SkillPackNotFound',
    );
    expect((await run('undecided')).status.mode).toBeUndefined();
    await pack('decides', { skills: [{ name: 'tone', description: 'Always.', content: 'Be plain.' }] });
    expect((await system.finished('undecided')).status).toMatchObject({ phase: 'Succeeded', mode: 'task' });

    await system.admin.patch(SKILL_PACK, at('decides'), {
      type: 'merge',
      body: { spec: { sidecar: { image: 'none.invalid/server:1', requiresServer: true } } },
    });
    await until('the operator knows', async () => {
      const name = `server-${Date.now()}`;
      await system.createRun(name, { instanceRef: { name: 'plain' }, skills });
      const { status } = await until('it is decided', async () => {
        const now = await run(name);
        return now.status.mode !== undefined && now;
      });
      await system.admin.delete(AGENT_RUN, at(name));
      return status.mode === 'server';
    });
  });
});
