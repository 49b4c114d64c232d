import type { Strategy } from '../../resources/resource.js';
import { jobStrategy } from './job.js';
import { namespaceStrategy } from './namespace.js';
import { configMapStrategy, secretStrategy, serviceAccountStrategy } from './plain-kinds.js';
import { podStrategy } from './pod.js';
import { serviceStrategy } from './service.js';
import { deploymentStrategy, replicaSetStrategy } from './workloads.js';

const STRATEGIES: Readonly<Record<string, Strategy>> = {
  '/ConfigMap': configMapStrategy,
  '/Namespace': namespaceStrategy,
  '/Pod': podStrategy,
  '/Secret': secretStrategy,
  '/Service': serviceStrategy,
  '/ServiceAccount': serviceAccountStrategy,
  'apps/Deployment': deploymentStrategy,
  'apps/ReplicaSet': replicaSetStrategy,
  'batch/Job': jobStrategy,
};

const PLAIN: Strategy = { allowUnconditionalUpdate: true };

/** What the server does with a built-in kind beyond its schema. */
export const strategyOf = (group: string, kind: string): Strategy => STRATEGIES[`${group}/${kind}`] ?? PLAIN;
