import type { ApiObject } from '../api-object.js';
import type { Schema } from '../schema/schema.js';

/** A CustomResourceDefinition; https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/custom-resource-definition-v1/. */
export interface Crd extends ApiObject {
  spec: CrdSpec;
  status?: CrdStatus;
}

export interface CrdSpec {
  group: string;
  names: CrdNames;
  scope: 'Cluster' | 'Namespaced';
  versions: CrdVersion[];
  conversion?: CrdConversion;
  preserveUnknownFields?: boolean;
}

export interface CrdNames {
  plural: string;
  kind: string;
  singular?: string;
  listKind?: string;
  shortNames?: string[];
  categories?: string[];
}

interface CrdConversion {
  strategy: string;
  webhook?: { clientConfig?: { url?: string; service?: object }; conversionReviewVersions?: string[] };
}

export interface CrdVersion {
  name: string;
  served: boolean;
  storage: boolean;
  deprecated?: boolean;
  deprecationWarning?: string;
  schema?: { openAPIV3Schema?: Schema };
  subresources?: {
    status?: object;
    scale?: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath?: string };
  };
  additionalPrinterColumns?: PrinterColumn[];
  selectableFields?: { jsonPath: string }[];
}

export interface PrinterColumn {
  name: string;
  type: string;
  format?: string;
  description?: string;
  priority?: number;
  jsonPath: string;
}

interface CrdStatus {
  /** null before anything was said of it. */
  conditions?: CrdCondition[] | null;
  acceptedNames?: Partial<CrdNames>;
  storedVersions?: string[];
  observedGeneration?: number;
}

export interface CrdCondition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  lastTransitionTime?: string;
  reason?: string;
  message?: string;
  observedGeneration?: number;
}

/** The object as what it is; its strategy has seen to it that it is one. */
export const asCrd = (object: ApiObject): Crd => object as Crd;

/** Whether a condition of a CRD is True. */
export const isTrue = ({ status }: Crd, type: string): boolean =>
  status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') === true;
