interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** Whether a LabelSelector selects these labels: an absent one nothing, an empty one everything. */
export function selects(selector: unknown, labels: Readonly<Record<string, string>>): boolean {
  if (typeof selector !== 'object' || selector === null) return false;
  const { matchLabels = {}, matchExpressions = [] } = selector as LabelSelector;
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    const value = labels[key];
    const isIn = value !== undefined && values.includes(value);
    return (
      { In: isIn, NotIn: !isIn, Exists: value !== undefined, DoesNotExist: value === undefined }[operator] ?? false
    );
  });
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value) && expressions.every(Boolean);
}
