import { ApiError } from '../api-error.js';
import type { Path } from './field-set.js';
import { printElement } from './path-element.js';
import type { Conflicts } from './updater.js';

/** 409 with every field that others own as a cause. */
export function conflictError({ sets }: Conflicts): ApiError {
  const conflicts = [...sets]
    .sort(([a], [b]) => Number(a > b) - Number(a < b))
    .map(([id, fields]) => ({ owner: printOwner(id), paths: fields.paths().map(printPath) }));
  const causes = conflicts.flatMap(({ owner, paths }) =>
    paths.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${owner}`, field })),
  );
  return new ApiError(409, 'Conflict', messageOf(conflicts, causes), { causes });
}

function messageOf(
  conflicts: readonly { owner: string; paths: readonly string[] }[],
  causes: readonly { message: string; field: string }[],
): string {
  const [only] = causes;
  if (only && causes.length === 1) return `Apply failed with 1 conflict: ${only.message}: ${only.field}`;
  const lines = conflicts.flatMap(({ owner, paths }) => [
    `conflicts with ${owner}:`,
    ...paths.map((path) => `- ${path}`),
  ]);
  return `Apply failed with ${causes.length} conflicts: ${lines.join('\n')}`;
}

const printPath = (path: Path): string => path.map(printElement).join('');

function printOwner(id: string): string {
  const { manager = '', operation, apiVersion, subresource } = JSON.parse(id) as Record<string, string>;
  const through = subresource ? ` with subresource ${JSON.stringify(subresource)}` : '';
  const using = operation === 'Update' ? ` using ${apiVersion}` : '';
  return `${JSON.stringify(manager)}${through}${using}`;
}
