import { ANNOTATION, LABEL, SKILL_PACK, SYMPOZIUM_INSTANCE, type SkillPack } from '@sympozium/api';
import { KubeError } from '@sympozium/kube';
import { defineSkillPack, type SkillPackPlugin } from '@sympozium/plugin-sdk';
import { sympoziumInstance } from '@sympozium/plugin-sdk/testing';
import { silentLogger } from '@sympozium/process/testing';
import type { Logger } from '@sympozium/process';
import { afterEach, describe, expect, it } from 'vitest';
import { HostRig, type RigOptions } from '../testing/index.js';

const web = defineSkillPack({
  name: 'web',
  spec: { description: 'Serves.', sidecar: { image: 'web:1', requiresServer: true, env: [{ name: 'A', value: 'b' }] } },
});
const tone = defineSkillPack({ name: 'tone', spec: { description: 'Tells.' } });
const key = (name: string) => ({ namespace: 'sympozium-system', name });

const rigs: HostRig[] = [];

async function rigWith(packs: readonly SkillPackPlugin[], options: Partial<RigOptions> = {}): Promise<HostRig> {
  const rig = new HostRig({ modes: [], packs, ...options });
  rigs.push(rig);
  await rig.start();
  return rig;
}

afterEach(async () => {
  await Promise.all(rigs.splice(0).map((rig) => rig.stop()));
});

const stored = (rig: HostRig, name = 'web'): SkillPack | undefined => rig.server.peek(SKILL_PACK, key(name));

describe('the packs of plugins', () => {
  it('are applied in the operator’s namespace, once', async () => {
    const rig = await rigWith([web, tone]);
    expect(stored(rig)).toMatchObject({
      metadata: { labels: { [LABEL.managedBy]: 'sympozium', [LABEL.plugin]: 'web' } },
      spec: web.object.spec,
    });
    expect(stored(rig, 'tone')).toBeDefined();
    expect(rig.allWrites).toEqual(['PATCH skillpacks', 'PATCH skillpacks']);
    await rig.advance(60 * 60_000);
    await rig.restart();
    await rig.advance(60_000);
    expect(rig.allWrites).toEqual([]);
  });

  it.each([[['sympozium-system']], [['*']], [['default', 'sympozium-system']]])(
    'are applied once where %j is watched, and found',
    async (namespaces) => {
      const rig = await rigWith([web], { namespaces });
      const metadata = { namespace: 'sympozium-system' };
      const instance = sympoziumInstance({ metadata, spec: { skills: [{ skillPackRef: { name: 'web' } }] } });
      rig.server.create(SYMPOZIUM_INSTANCE, instance);
      await rig.quiet();
      const writes = rig.allWrites.filter((write) => !write.endsWith('/status'));
      expect(writes).toEqual(['PATCH skillpacks', 'POST agentruns']);
    },
  );

  it.each<[string, object]>([
    ['a field', { spec: { sidecar: { image: 'evil:1' } } }],
    ['a removed field', { spec: { sidecar: null } }],
    ['a lost label', { metadata: { labels: { [LABEL.plugin]: null } } }],
    ['a lost hash', { metadata: { annotations: { [ANNOTATION.appliedHash]: null } } }],
  ])('are repaired with one write: %s', async (_what, body) => {
    const rig = await rigWith([web]);
    const before = stored(rig);
    rig.client.forgetCalls();
    rig.server.patch(SKILL_PACK, key('web'), { type: 'merge', body });
    await rig.advance(60_000);
    expect(stored(rig)?.spec).toEqual(before?.spec);
    expect(stored(rig)?.metadata.labels).toEqual(before?.metadata.labels);
    expect(stored(rig)?.metadata.annotations).toEqual(before?.metadata.annotations);
    expect(rig.allWrites).toEqual(['PATCH skillpacks']);
  });

  it('come back when they are deleted', async () => {
    const rig = await rigWith([web]);
    rig.server.delete(SKILL_PACK, key('web'));
    await rig.quiet();
    expect(stored(rig)?.spec).toEqual(web.object.spec);
  });

  it('follow their plugin to another version, removed fields too', async () => {
    const rig = await rigWith([web]);
    await rig.restart({ packs: [defineSkillPack({ name: 'web', spec: { sidecar: { image: 'web:2' } } })] });
    expect(stored(rig)?.spec).toEqual({ sidecar: { image: 'web:2', terminationGracePeriod: '30s' } });
    expect(rig.allWrites).toEqual(['PATCH skillpacks']);
  });

  it('go when their plugin is not allowed any more; others stay', async () => {
    const rig = await rigWith([web, tone]);
    rig.pack('custom', {}, 'sympozium-system');
    rig.server.put(SKILL_PACK, { ...rig.pack('web', {}), metadata: { name: 'web', namespace: 'default' } });
    await rig.restart({ packs: [tone] });
    expect(stored(rig)).toBeUndefined();
    expect(stored(rig, 'tone')).toBeDefined();
    expect(stored(rig, 'custom')).toBeDefined();
    expect(rig.server.peek(SKILL_PACK, { namespace: 'default', name: 'web' })).toBeDefined();
    expect(rig.allWrites).toEqual(['DELETE skillpacks']);
  });

  it('leave a pack of their name alone that somebody else made', async () => {
    const rig = new HostRig({ modes: [], packs: [web] });
    rigs.push(rig);
    rig.pack('web', { description: 'Mine.' }, 'sympozium-system');
    await rig.start();
    await rig.advance(120_000);
    expect(stored(rig)?.spec).toEqual({ description: 'Mine.' });
    expect(rig.allWrites).toEqual([]);
    rig.server.delete(SKILL_PACK, key('web'));
    await rig.quiet();
    expect(stored(rig)?.spec).toEqual(web.object.spec);
  });
});

describe('packs that cannot be applied', () => {
  it('say so once, keep nobody from work, and follow when they may', async () => {
    const said: string[] = [];
    const warn = ((fields: { why?: string }) => void said.push(fields.why ?? '')) as Logger['warn'];
    const rig = new HostRig({ modes: [], packs: [web], log: Object.assign(silentLogger(), { warn }) });
    rigs.push(rig);
    const missing = new KubeError(404, 'NotFound', 'namespaces "sympozium-system" not found');
    const end = rig.client.fail(({ verb, kind }) => verb === 'patch' && kind === SKILL_PACK, missing, {
      times: Infinity,
    });
    await rig.start();
    await rig.advance(120_000);
    expect(said).toEqual([expect.stringContaining('there is no namespace sympozium-system')]);
    expect(rig.host.cache.unsynced).toEqual([]);
    expect(rig.allWrites.length).toBeLessThanOrEqual(6);
    end();
    await rig.advance(30_000);
    expect(stored(rig)).toBeDefined();
  });
});
