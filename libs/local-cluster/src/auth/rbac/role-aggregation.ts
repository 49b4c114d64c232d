import type { Logger, Runnable } from '@sympozium/process';
import type { ApiObject } from '../../api-object.js';
import type { ObjectApi } from '../../rest/object-api.js';
import type { ResourceRegistry } from '../../resources/resource.js';
import { prefixOf } from '../../rest/store-key.js';
import { sameJson } from '../../schema/json.js';
import type { RevisionStore } from '../../storage/revision-store.js';
import type { User } from '../auth.js';
import { aggregatedRules, aggregationOf } from './aggregated-rules.js';
import type { PolicyRule } from './policy-rule.js';
import { RBAC_GROUP, rulesOf } from './rbac-objects.js';

export interface RoleAggregationOptions {
  readonly store: RevisionStore;
  readonly api: ObjectApi;
  readonly registry: ResourceRegistry;
  /** Who writes the rules; must be allowed to `escalate`. */
  readonly user: User;
  readonly log: Logger;
}

const PREFIX = prefixOf({ group: RBAC_GROUP, plural: 'clusterroles' });

/** Writes the rules of ClusterRoles that gather those of others, whenever a ClusterRole changes. */
export class RoleAggregation implements Runnable {
  readonly name = 'role aggregation';
  readonly #options: RoleAggregationOptions;
  #unwatch: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #again = false;

  constructor(options: RoleAggregationOptions) {
    this.#options = options;
  }

  start(): Promise<void> {
    const { store } = this.#options;
    this.#unwatch = store.watch(PREFIX, store.revision, () => this.#trigger());
    this.#trigger();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#unwatch?.();
    this.#unwatch = undefined;
    await this.#running;
  }

  /** One pass at a time; changes during it are worth one more. */
  #trigger(): void {
    this.#again = true;
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // lets who began it note that it runs
    while (this.#again && this.#unwatch) {
      this.#again = false;
      const roles = this.#options.store.list(PREFIX);
      for (const role of roles.filter(aggregationOf)) await this.#sync(role, aggregatedRules(role, roles));
    }
    this.#running = undefined;
  }

  async #sync(role: ApiObject, rules: readonly PolicyRule[]): Promise<void> {
    const { api, registry, user, log } = this.#options;
    const resource = registry.find(RBAC_GROUP, 'v1', 'clusterroles');
    const { name = '' } = role.metadata;
    if (!resource || sameJson(rules, rulesOf(role))) return;
    const body = { apiVersion: `${RBAC_GROUP}/v1`, kind: 'ClusterRole', metadata: { name }, rules };
    const fieldManager = 'clusterrole-aggregation-controller';
    try {
      await api.patch(
        resource,
        { name },
        { type: 'apply', body, force: true },
        { user, fieldManager, dryRun: false, fieldValidation: 'Ignore', warn: () => {} },
      );
    } catch (error) {
      log.warn({ err: error, role: name }, 'the rules of a ClusterRole could not be gathered');
    }
  }
}
