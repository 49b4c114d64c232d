import type { KubeObject } from '@sympozium/api';

/** Any object of the API as it is stored and sent: plain JSON, fields beyond metadata as its kind defines them. */
export type ApiObject = KubeObject & { [field: string]: unknown };

/** Where an object is kept; `namespace` is absent for kinds of the whole cluster. */
export interface ObjectName {
  readonly namespace?: string;
  readonly name: string;
}
