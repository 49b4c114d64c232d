import type { Kind, KubeObject } from '@sympozium/api';

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
}

/** What this node reads of a Service. */
export interface Service extends KubeObject {
  spec?: {
    readonly type?: string;
    readonly clusterIP?: string;
    readonly ports?: readonly ServicePort[];
    readonly sessionAffinity?: string;
  };
}

interface Endpoint {
  readonly addresses: readonly string[];
  readonly conditions?: { readonly ready?: boolean | null };
}

/** What this node reads of an EndpointSlice. */
export interface EndpointSlice extends KubeObject {
  readonly addressType?: string;
  readonly endpoints?: readonly Endpoint[] | null;
  readonly ports?: readonly { readonly name?: string | null; readonly port?: number | null }[] | null;
}

export const SERVICE: Kind<Service> = { apiVersion: 'v1', kind: 'Service', plural: 'services', namespaced: true };
export const ENDPOINT_SLICE: Kind<EndpointSlice> = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  namespaced: true,
};

/** The label by which an EndpointSlice names its Service. */
export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

/** Processes reach the API server at its own address, so nobody forwards for this one. */
export const isApiServer = ({ metadata }: KubeObject): boolean =>
  metadata.namespace === 'default' && metadata.name === 'kubernetes';

/** Whether clients find the Service at an address: a headless one and an ExternalName have none. */
export const hasClusterIP = ({ spec }: Service): boolean =>
  spec?.type !== 'ExternalName' && spec?.clusterIP !== undefined && !['', 'None'].includes(spec.clusterIP);
