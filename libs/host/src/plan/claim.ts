import type { KubeObject } from '@sympozium/api';

/** Whether a live object still says whose child it is, as its wish does: by its labels and its controlling owner. */
export function isClaimed(live: KubeObject, { metadata: wished }: KubeObject): boolean {
  const { labels = {}, ownerReferences = [] } = live.metadata;
  return (
    Object.entries(wished.labels ?? {}).every(([name, value]) => labels[name] === value) &&
    (wished.ownerReferences ?? []).every(({ uid }) =>
      ownerReferences.some((owner) => owner.uid === uid && owner.controller === true),
    )
  );
}

/** A merge patch that makes it say so again, and changes nothing if the object has changed meanwhile. */
export function claimPatch(live: KubeObject, { metadata: wished }: KubeObject): object {
  const ours = wished.ownerReferences ?? [];
  const others = (live.metadata.ownerReferences ?? []).filter((owner) => !ours.some(({ uid }) => uid === owner.uid));
  const { resourceVersion } = live.metadata;
  return { metadata: { resourceVersion, labels: wished.labels, ownerReferences: [...others, ...ours] } };
}
