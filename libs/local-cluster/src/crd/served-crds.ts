import type { Resource, ResourceRegistry } from '../resources/resource.js';
import { isTrue } from './crd.js';
import type { Crd } from './crd.js';
import { resourcesOfCrd } from './resources-of-crd.js';

/** What of CRDs the registry serves: resources come with accepted names, change with the CRD, and go with it. */
export class ServedCrds {
  readonly #registry: ResourceRegistry;
  readonly #served = new Map<string, { readonly of: string; readonly resources: readonly Resource[] }>();

  constructor(registry: ResourceRegistry) {
    this.#registry = registry;
  }

  serve(crd: Crd): void {
    const { name, uid } = crd.metadata;
    if (!isTrue(crd, 'NamesAccepted') && !isTrue(crd, 'Established')) return;
    const of = JSON.stringify([uid, crd.spec, crd.status?.acceptedNames]);
    if (this.#served.get(name)?.of === of) return;
    const resources = resourcesOfCrd(crd);
    this.withdraw(name);
    for (const resource of resources) this.#registry.add(resource);
    this.#served.set(name, { of, resources });
  }

  withdraw(name: string): void {
    for (const resource of this.#served.get(name)?.resources ?? []) this.#registry.remove(resource);
    this.#served.delete(name);
  }

  /** One of a CRD's served resources; all of its versions have the same objects. */
  resourceOf(name: string): Resource | undefined {
    return this.#served.get(name)?.resources[0];
  }
}
