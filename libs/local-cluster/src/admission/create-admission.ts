import type { Random } from '@sympozium/process';
import type { Admission, AdmissionRequest } from '../rest/object-api.js';
import type { RevisionStore } from '../storage/revision-store.js';
import { admitNamespaced } from './namespace-lifecycle.js';
import { NodePorts } from './node-ports.js';
import { judgePolicyLabels } from './pod-security-namespaces.js';
import { judgePodSecurity } from './pod-security.js';
import { admitPriority } from './priority.js';
import { admitRuntimeClass } from './runtime-class.js';
import { admitServiceAccount } from './service-account.js';
import { ServiceAddresses } from './service-addresses.js';
import { addTolerations } from './tolerations.js';

export interface AdmissionOptions {
  readonly store: RevisionStore;
  readonly random: Random;
  /** Of Services' addresses, e.g. `127.96.0.0/16`. */
  readonly serviceRange: string;
}

/** The admission plugins of the real server that matter here, in its order. */
export function createAdmission({ store, random, serviceRange }: AdmissionOptions): Required<Admission> {
  const addresses = new ServiceAddresses(store, random, serviceRange);
  const nodePorts = new NodePorts(store);
  return {
    admit(request) {
      admitNamespaced(store, request);
      if (request.subresource !== undefined) return;
      if (isOf(request, '', 'Pod')) {
        admitServiceAccount(store, random, request);
        admitPriority(request);
        addTolerations(request);
        admitRuntimeClass(request);
      }
      if (!isOf(request, '', 'Service')) return;
      addresses.admit(request);
      nodePorts.admit(request);
    },
    judge(request) {
      if (request.subresource !== undefined) return;
      if (isOf(request, '', 'Namespace')) judgePolicyLabels(store, request);
      judgePodSecurity(store, request);
    },
  };
}

const isOf = ({ resource }: AdmissionRequest, group: string, kind: string): boolean =>
  resource.group === group && resource.kind === kind;
