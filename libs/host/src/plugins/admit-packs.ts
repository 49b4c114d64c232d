import { SKILL_PACK, type SkillPack, type SympoziumError } from '@sympozium/api';
import { checkSkillPack, CONTRACT, SKILL_PACK_TYPE, type SkillPackPlugin } from '@sympozium/plugin-sdk';
import { isThisContract, judged, taken, type Judged, type PluginOffer } from './plugin-offer.js';
import { refused } from './refused.js';

/** Checks contract and object of skill packs, and that no two have one name. They are data: nothing of them runs. */
export function judgePacks(offers: readonly PluginOffer[]): Judged<SkillPackPlugin> {
  const { admitted, problems } = judged(offers.map(judge));
  const named = offers.flatMap(({ from, plugin }) => ({ from, name: String(partsOf(plugin).object.metadata?.name) }));
  return {
    admitted,
    problems: [...problems, ...taken(named).map((name) => refused('PLUGIN_PACK_TAKEN', name))],
  };
}

function judge({ from, plugin, config = {} }: PluginOffer): SkillPackPlugin | SympoziumError {
  const { contract, object } = partsOf(plugin);
  if (!isThisContract(contract))
    return refused('PLUGIN_CONTRACT_MISMATCH', `${from} has contract ${contract}, this operator ${CONTRACT}`);
  if (Object.keys(Object(config)).length > 0)
    return refused('PLUGIN_CONFIG_INVALID', `${from} is a skill pack, which takes no config`);
  const checked = checkSkillPack(object.metadata?.name, object.spec);
  if ('problems' in checked) return refused('PLUGIN_MANIFEST_INVALID', `${from}: ${checked.problems.join('; ')}`);
  const { apiVersion, kind } = SKILL_PACK;
  const metadata = { name: String(object.metadata?.name) };
  return { $type: SKILL_PACK_TYPE, contract, object: { apiVersion, kind, metadata, spec: checked.spec } };
}

function partsOf(plugin: unknown): { contract: string; object: Partial<SkillPack> } {
  const { contract, object } = Object(plugin) as { contract?: unknown; object?: unknown };
  return { contract: String(contract), object: Object(object) as Partial<SkillPack> };
}
