import { json, pure, total, truthful } from './answer-checks.js';
import { hostsFields, immutable, names, ownedKind, restricted, secretless } from './object-checks.js';
import { identity, kinds, params } from './plugin-checks.js';
import type { Check } from './subject.js';

/** Every promise of the contract that plain data can show. */
export const checks = <P>(): readonly Check<P>[] => [
  { promise: 'is stamped by defineMode and has a valid name', faults: identity },
  { promise: 'owns and watches each kind once', faults: kinds },
  { promise: 'refuses wrong params without throwing', faults: params },
  { promise: 'answers every view', faults: total },
  { promise: 'gives the same answer for the same view, and changes nothing', faults: pure },
  { promise: 'observes states of its lifecycle, with reasons of the error table', faults: truthful },
  { promise: 'answers with plain JSON', faults: json },
  { promise: 'plans only kinds that it owns', faults: ownedKind },
  { promise: 'leaves namespace, owner and status to the host', faults: hostsFields },
  { promise: 'names children after their run, each once', faults: names },
  { promise: 'plans Pods that satisfy Pod Security restricted', faults: restricted },
  { promise: 'writes no secret value into an object', faults: secretless },
  { promise: 'keeps what cannot change as it was made', faults: immutable },
];
