import type { AgentRun, SkillPack, SympoziumInstance } from '@sympozium/api';
import type { ResolvedSkill } from '@sympozium/plugin-sdk';
import type { Obstacle } from '../plan/obstacle.js';
import { ParamsChecker } from './params-checker.js';
import { resolveSkills, type FindPack } from './resolve-skills.js';

/** Where SkillPacks are kept. */
export interface PackStore {
  get(namespace: string, name: string): SkillPack | undefined;
}

/** Finds the skills of runs and instances: packs of the operator's namespace first, which nobody can shadow. */
export class SkillResolver {
  readonly #packs: PackStore;
  readonly #systemNamespace: string;
  readonly #checker = new ParamsChecker();

  constructor(packs: PackStore, systemNamespace: string) {
    this.#packs = packs;
    this.#systemNamespace = systemNamespace;
  }

  /** The packs that names stand for where this object is. */
  packsFor({ metadata }: AgentRun | SympoziumInstance): FindPack {
    return (name) => this.#packs.get(this.#systemNamespace, name) ?? this.#packs.get(metadata.namespace ?? '', name);
  }

  /** The skills of a run: its own and its instance's. */
  ofRun(run: AgentRun, instance: SympoziumInstance): readonly ResolvedSkill[] | Obstacle {
    const users = { run: run.spec.skills, instance: instance.spec.skills };
    return resolveSkills(users, this.packsFor(run), this.#checker);
  }

  /** For a pack that is gone. */
  forget(pack: SkillPack): void {
    this.#checker.forget(pack);
  }

  ofInstance(instance: SympoziumInstance): readonly ResolvedSkill[] | Obstacle {
    return resolveSkills({ instance: instance.spec.skills }, this.packsFor(instance), this.#checker);
  }
}
