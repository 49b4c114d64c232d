import { groupOf, type Kind, type KubeObject } from '@sympozium/api';
import type { Condition } from '../shared/kinds.js';

/** Objects of a kind that are still in the namespace. */
export interface Remaining {
  readonly kind: Kind;
  readonly objects: readonly KubeObject[];
}

type Text = readonly [reason: string, message: string];

const FINE: Readonly<Record<string, Text>> = {
  NamespaceDeletionDiscoveryFailure: ['ResourcesDiscovered', 'All resources successfully discovered'],
  NamespaceDeletionGroupVersionParsingFailure: ['ParsedGroupVersions', 'All legacy kube types successfully parsed'],
  NamespaceDeletionContentFailure: [
    'ContentDeleted',
    'All content successfully deleted, may be waiting on finalization',
  ],
  NamespaceContentRemaining: ['ContentRemoved', 'All content successfully removed'],
  NamespaceFinalizersRemaining: ['ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
};

/** What a namespace's status says of its deletion. */
export function deletionConditions(remaining: readonly Remaining[]): Condition[] {
  const objects = remaining.map(
    ({ kind, objects: left }) => `${kind.plural}.${groupOf(kind)} has ${left.length} resource instances`,
  );
  const finalizers = [...finalizerCounts(remaining)].map(
    ([finalizer, count]) => `${finalizer} in ${count} resource instances`,
  );
  const trouble: Record<string, Text> = {
    ...(objects.length > 0 && {
      NamespaceContentRemaining: ['SomeResourcesRemain', `Some resources are remaining: ${objects.sort().join(', ')}`],
    }),
    ...(finalizers.length > 0 && {
      NamespaceFinalizersRemaining: [
        'SomeFinalizersRemain',
        `Some content in the namespace has finalizers remaining: ${finalizers.sort().join(', ')}`,
      ],
    }),
  };
  return Object.entries(FINE).map(([type, fine]) => {
    const [reason, message] = trouble[type] ?? fine;
    return { type, status: trouble[type] ? 'True' : 'False', reason, message };
  });
}

/** The conditions with the time at which each took its status: that of a known one where nothing changed. */
export function withTransitions(known: readonly Condition[], next: readonly Condition[], now: string): Condition[] {
  return next.map((condition) => {
    const { lastTransitionTime = now } =
      known.find(({ type, status }) => type === condition.type && status === condition.status) ?? {};
    return { ...condition, lastTransitionTime };
  });
}

function finalizerCounts(remaining: readonly Remaining[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { metadata } of remaining.flatMap(({ objects }) => objects))
    for (const finalizer of metadata.finalizers ?? []) counts.set(finalizer, (counts.get(finalizer) ?? 0) + 1);
  return counts;
}
