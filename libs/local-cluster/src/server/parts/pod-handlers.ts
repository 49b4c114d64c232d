import { bindPod } from './binding.js';
import { evictPod, type EvictionOptions } from './eviction.js';
import type { Handlers } from '../handlers.js';
import { finalizeNamespace } from './finalize.js';

export type PodHandlersOptions = EvictionOptions;

/** What needs nothing but the objects: `pods/binding`, `pods/eviction`, `namespaces/finalize`. */
export const podHandlers = (options: PodHandlersOptions): Handlers =>
  new Map([
    ['/pods/binding', bindPod(options.api, options.clock)],
    ['/pods/eviction', evictPod(options)],
    ['/namespaces/finalize', finalizeNamespace(options.api)],
  ]);
