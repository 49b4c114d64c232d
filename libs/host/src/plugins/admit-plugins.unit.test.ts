import { CONTRACT } from '@sympozium/plugin-sdk';
import { describe, expect, it } from 'vitest';
import { probeMode } from '../testing/index.js';
import { admitPlugins } from './admit-plugins.js';
import { ModeRegistry } from './mode-registry.js';
import type { PluginOffer } from './plugin-offer.js';
import { PluginsRefusedError } from './plugins-refused-error.js';

const problemsOf = async (...offers: readonly PluginOffer[]): Promise<readonly string[]> => {
  const refusal = await admitPlugins(offers).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(PluginsRefusedError);
  return (refusal as PluginsRefusedError).errors.map(({ code }) => code);
};

const offer = (plugin: unknown, config?: unknown): PluginOffer => ({ from: 'test', plugin, config });

describe('admitPlugins', () => {
  it('makes the planner of each plugin from its checked config', async () => {
    const configs: unknown[] = [];
    const create = (config: unknown) => {
      configs.push(config);
      return { plan: () => [], observe: () => ({ state: 'pending' }) as const };
    };
    const admitted = await admitPlugins([offer(probeMode({ create }), { a: 1 }), offer(probeMode({ name: 'other' }))]);
    expect(admitted.map(({ plugin }) => plugin.name)).toEqual(['probe', 'other']);
    expect(configs).toEqual([{ a: 1 }]);
  });

  it.each([
    ['something else', { name: 'probe' }],
    ['nothing', undefined],
    ['a plugin of another major version', probeMode({ contract: '2.0.0' })],
    ['a plugin whose members are missing', { ...probeMode(), create: undefined }],
  ])('refuses %s', async (_what, plugin) => {
    expect(await problemsOf(offer(plugin))).toEqual(['PLUGIN_CONTRACT_MISMATCH']);
  });

  it('takes another minor version of the contract', async () => {
    const [major = '1'] = CONTRACT.split('.');
    expect(await admitPlugins([offer(probeMode({ contract: `${major}.999.0` }))])).toHaveLength(1);
  });

  it('tells all problems at once, each with its plugin', async () => {
    const offers = [
      offer(probeMode()),
      offer(probeMode()),
      offer(probeMode({ name: 'lost', extends: 'nowhere' })),
      offer(probeMode({ name: 'sloppy' }), { wrong: 1 }),
      offer('text'),
    ];
    expect((await problemsOf(...offers)).toSorted()).toEqual([
      'PLUGIN_BASE_MISSING',
      'PLUGIN_CONFIG_INVALID',
      'PLUGIN_CONTRACT_MISMATCH',
      'PLUGIN_MODE_TAKEN',
    ]);
    await expect(admitPlugins(offers)).rejects.toThrow(/sloppy \(test\): wrong: is wrong[^]*lost extends nowhere/);
  });

  it('counts a plugin that throws over its config as refusing it', async () => {
    const create = () => {
      throw new Error('no such region');
    };
    expect(await problemsOf(offer(probeMode({ create })))).toEqual(['PLUGIN_CONFIG_INVALID']);
  });
});

describe('ModeRegistry', () => {
  it('gathers a mode with what extends it, and each kind once', async () => {
    const admitted = await admitPlugins([offer(probeMode({ name: 'extra', extends: 'probe' })), offer(probeMode())]);
    const registry = new ModeRegistry(admitted);
    expect(registry.get('probe')?.parts.map(({ plugin }) => plugin.name)).toEqual(['probe', 'extra']);
    expect(registry.get('extra')).toBeUndefined();
    expect(registry.owned.map(({ kind }) => kind.kind)).toEqual(['Job', 'ConfigMap']);
    expect(registry.watched.map(({ kind }) => kind)).toEqual(['Pod']);
  });

  it('refuses a name twice, however the plugins came in', async () => {
    const admitted = await admitPlugins([offer(probeMode())]);
    expect(() => new ModeRegistry([...admitted, ...admitted])).toThrow('PLUGIN_MODE_TAKEN');
  });
});
