import type { ApiObject } from '../../../api-object.js';
import { fieldsOf, listOf, textOf, type Fields } from '../access.js';

/** Warnings of a new Pod; nobody is warned of a change of one. */
export const podWarnings = (pod: ApiObject, old?: ApiObject): string[] =>
  old ? [] : specWarnings(fieldsOf(pod['spec']), 'spec');

/** Warnings of a template, when it is new or the object's wish changes. */
export function templateWarnings(object: ApiObject, old?: ApiObject): string[] {
  if (old && old.metadata.generation === object.metadata.generation) return [];
  const template = fieldsOf(fieldsOf(object['spec'])['template']);
  return specWarnings(fieldsOf(template['spec']), 'spec.template.spec');
}

const specWarnings = (spec: Fields, field: string): string[] =>
  ['initContainers', 'containers'].flatMap((name) =>
    listOf(spec[name]).flatMap(({ env }, index) => hiddenVariables(listOf(env), `${field}.${name}[${index}].env`)),
  );

/** A variable may build on an earlier one of its name; else that one can get lost. */
function hiddenVariables(variables: readonly Fields[], field: string): string[] {
  const names = variables.map(({ name }) => textOf(name));
  return variables.flatMap((variable, index) => {
    const name = textOf(variable['name']);
    if (names.indexOf(name) === index || !hides(variable, variables[names.indexOf(name)] ?? {})) return [];
    return [
      `${field}[${index}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`,
    ];
  });
}

function hides(variable: Fields, first: Fields): boolean {
  const reference = `$(${textOf(variable['name'])})`;
  const value = textOf(variable['value']);
  return (
    variable['valueFrom'] != null || first['valueFrom'] != null || value === reference || !value.includes(reference)
  );
}
