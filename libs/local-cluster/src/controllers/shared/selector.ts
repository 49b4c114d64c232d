import type { LabelSelector } from './kinds.js';

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

/** Whether labels are what a selector asks for; an empty selector takes all. */
export function selects({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels = {}): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((requirement) => meets(requirement, labels[requirement.key]))
  );
}

type Labels = Readonly<Record<string, string>>;

function meets({ operator, values = [] }: Requirement, value: string | undefined): boolean {
  if (operator === 'Exists' || operator === 'DoesNotExist') return (value !== undefined) === (operator === 'Exists');
  return (value !== undefined && values.includes(value)) === (operator === 'In');
}
