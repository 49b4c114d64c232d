import type { Column } from '../../resources/resource.js';
import { cellsFor, NAME_AND_AGE } from './cell.js';

interface Scale {
  readonly spec: { readonly replicas?: number };
  readonly status: { readonly replicas?: number };
}

const CELLS = cellsFor<Scale>({
  ...NAME_AND_AGE,
  Desired: ({ spec }) => spec.replicas ?? 0,
  Available: ({ status }) => status.replicas ?? 0,
});

const column = (name: string, type: Column['type']): Column => ({ name, type, value: CELLS[name] ?? (() => null) });

/** What `kubectl get --subresource=scale` shows, whatever the kind that is scaled. */
export const SCALE_COLUMNS: readonly Column[] = [
  column('Name', 'string'),
  column('Desired', 'integer'),
  column('Available', 'integer'),
  column('Age', 'string'),
];
