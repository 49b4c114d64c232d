import type { Rule } from './rules.js';

/** Rules as a YAML list, each verb with its reason as a comment. */
export const rulesYaml = (rules: readonly Rule[]): string => rules.map(ruleYaml).join('\n');

function ruleYaml({ group, resource, names, verbs, reasons }: Rule): string {
  return [
    ...reasons.map((reason) => `# ${reason}`),
    `- apiGroups: ${list([group])}`,
    `  resources: ${list([resource])}`,
    ...(names ? [`  resourceNames: ${list(names)}`] : []),
    `  verbs: ${list(verbs)}`,
  ].join('\n');
}

const list = (items: readonly string[]): string => `[${items.map(item).join(', ')}]`;

/** A template’s expression stands for itself. */
const item = (text: string): string => (/^[a-z][-a-z0-9./]*$/.test(text) || text.startsWith('{{') ? text : `'${text}'`);

/** Every line that is not empty begins with so many spaces more. */
export const indented = (text: string, spaces: number): string => text.replaceAll(/^(?=.)/gm, ' '.repeat(spaces));
