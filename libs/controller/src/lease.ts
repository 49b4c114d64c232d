import type { Kind, KubeObject } from '@sympozium/api';

/** Who holds the Lease and since when; https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/lease-v1/. */
export interface LeaseSpec {
  readonly holderIdentity?: string | undefined;
  /** How long others wait after they saw the record change. */
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  /** How often the holder changed. */
  readonly leaseTransitions?: number;
}

export interface Lease extends KubeObject {
  readonly spec?: LeaseSpec;
}

export const LEASE: Kind<Lease> = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
};

/** What a holder that gives the Lease up leaves as its duration, as client-go does. */
const RELEASED_SECONDS = 1;

/**
 * Whether its holder gave it up. A Lease whose holder alone is gone is none of this: somebody edited it, and the holder
 * does not know.
 */
export const isReleased = ({ holderIdentity, leaseDurationSeconds }: LeaseSpec): boolean =>
  !holderIdentity && leaseDurationSeconds === RELEASED_SECONDS;

/** The record after `identity` has acquired or renewed it. */
export function heldBy(identity: string, old: LeaseSpec, now: number, leaseMs: number): LeaseSpec {
  const renewTime = microTime(now);
  const leaseDurationSeconds = Math.ceil(leaseMs / 1_000);
  if (old.holderIdentity === identity) return { ...old, leaseDurationSeconds, renewTime };
  const leaseTransitions = (old.leaseTransitions ?? 0) + (old.renewTime === undefined ? 0 : 1);
  return {
    ...old,
    holderIdentity: identity,
    leaseDurationSeconds,
    acquireTime: renewTime,
    renewTime,
    leaseTransitions,
  };
}

/** The record after its holder has given it up. */
export function released(old: LeaseSpec, now: number): LeaseSpec {
  return { ...old, holderIdentity: undefined, leaseDurationSeconds: RELEASED_SECONDS, renewTime: microTime(now) };
}

/** The API takes exactly six digits after the point. */
const microTime = (now: number): string => new Date(now).toISOString().replace('Z', '000Z');
