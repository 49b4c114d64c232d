/** `matchLabels` and `matchExpressions`, https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly Requirement[];
}

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

type Labels = Readonly<Record<string, string>>;

/** Whether labels are what a selector asks for; an absent selector takes none, an empty one all. */
export function selects(selector: LabelSelector | null | undefined, labels: Labels = {}): boolean {
  if (!selector) return false;
  const matchLabels = selector.matchLabels ?? {}; // null is nothing, too
  const matchExpressions = selector.matchExpressions ?? [];
  const valueOf = (key: string): string | undefined => (Object.hasOwn(labels, key) ? labels[key] : undefined);
  return (
    Object.entries(matchLabels).every(([key, value]) => valueOf(key) === value) &&
    matchExpressions.every((requirement) => meets(requirement, valueOf(requirement.key)))
  );
}

function meets({ operator, values }: Requirement, value: string | undefined): boolean {
  if (operator === 'Exists' || operator === 'DoesNotExist') return (value !== undefined) === (operator === 'Exists');
  return (value !== undefined && (values ?? []).includes(value)) === (operator === 'In');
}

/** A selector as text, e.g. `app=web,tier in (a,b),!old`; by key, as Kubernetes writes it. */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector = {}): string {
  const requirements = [
    ...Object.entries(matchLabels).map(([key, value]) => ({ key, text: `${key}=${value}` })),
    ...matchExpressions.map(({ key, operator, values = [] }) => ({
      key,
      text: EXPRESSIONS[operator]?.(key, [...values].sort().join(',')) ?? key,
    })),
  ];
  return requirements
    .sort((a, b) => compare(a.key, b.key))
    .map(({ text }) => text)
    .join(',');
}

const EXPRESSIONS: Readonly<Record<string, (key: string, values: string) => string>> = {
  In: (key, values) => `${key} in (${values})`,
  NotIn: (key, values) => `${key} notin (${values})`,
  Exists: (key) => key,
  DoesNotExist: (key) => `!${key}`,
};

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
