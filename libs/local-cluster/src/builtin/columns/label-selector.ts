export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
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
