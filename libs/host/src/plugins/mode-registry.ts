import { kindKey, type Kind, type Lifecycle, type SympoziumError } from '@sympozium/api';
import type { ModePlugin, OwnedKind } from '@sympozium/plugin-sdk';
import type { AdmittedMode } from './admitted-mode.js';
import { taken } from './plugin-offer.js';
import { PluginsRefusedError } from './plugins-refused-error.js';
import { refused } from './refused.js';

/** One value of `AgentRun.spec.mode`: the plugin that is the mode, then those that extend it. */
export interface Mode {
  readonly name: string;
  readonly lifecycle: Lifecycle;
  readonly base: AdmittedMode;
  /** The base first. */
  readonly parts: readonly AdmittedMode[];
}

/** The modes of this operator by name, and the kinds their plugins need. */
export class ModeRegistry {
  readonly #modes: ReadonlyMap<string, Mode>;
  /** What any plugin may make, each kind once; optional only where every owner says so. */
  readonly owned: readonly OwnedKind[];
  /** What is only read, each kind once. */
  readonly watched: readonly Kind[];

  /**
   * `retired`: kinds that plugins which were switched off have made, and which have to go.
   * Throws `PluginsRefusedError` when names are taken twice or a base is missing.
   */
  constructor(admitted: readonly AdmittedMode[], retired: readonly OwnedKind[] = []) {
    const problems = checkFamilies(admitted);
    if (problems.length > 0) throw new PluginsRefusedError(problems);
    const bases = admitted.filter(({ plugin }) => plugin.extends === undefined);
    this.#modes = new Map(bases.map((base) => [base.plugin.name, familyOf(base, admitted)]));
    this.owned = ownedKinds([...admitted.flatMap(({ plugin }) => plugin.owns), ...retired]);
    const owned = new Set(this.owned.map(({ kind }) => kindKey(kind)));
    const watched = admitted.flatMap(({ plugin }) => plugin.watches ?? []).filter((kind) => !owned.has(kindKey(kind)));
    this.watched = [...new Map(watched.map((kind) => [kindKey(kind), kind])).values()];
  }

  get(name: string): Mode | undefined {
    return this.#modes.get(name);
  }
}

/** Names that two plugins have, and modes that are extended but served by nobody. */
export function checkFamilies(
  members: readonly { readonly plugin: ModePlugin; readonly from?: string }[],
): readonly SympoziumError[] {
  const modes = new Set(members.filter(({ plugin }) => plugin.extends === undefined).map(({ plugin }) => plugin.name));
  const lost = members.filter(({ plugin }) => plugin.extends !== undefined && !modes.has(plugin.extends));
  const named = members.map(({ plugin: { name }, ...origin }) => ({ name, ...origin }));
  return [
    ...taken(named).map((name) => refused('PLUGIN_MODE_TAKEN', name)),
    ...lost.map(({ plugin }) => refused('PLUGIN_BASE_MISSING', `${plugin.name} extends ${plugin.extends}`)),
  ];
}

function familyOf(base: AdmittedMode, all: readonly AdmittedMode[]): Mode {
  const { name, lifecycle } = base.plugin;
  return { name, lifecycle, base, parts: [base, ...all.filter(({ plugin }) => plugin.extends === name)] };
}

function ownedKinds(all: readonly OwnedKind[]): readonly OwnedKind[] {
  const owned = new Map<string, OwnedKind>();
  for (const { kind, optional = false, claims } of all) {
    const known = owned.get(kindKey(kind));
    const makers = [known?.claims, claims].filter((maker) => maker !== undefined);
    owned.set(kindKey(kind), {
      kind,
      optional: optional && (known?.optional ?? true),
      ...(makers.length > 0 && { claims: (object) => makers.flatMap((maker) => maker(object)) }),
    });
  }
  return [...owned.values()];
}
