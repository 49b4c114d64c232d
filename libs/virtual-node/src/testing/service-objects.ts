import type { EndpointSlice, Service } from '../services/service.js';

export const service = (name: string, spec: Service['spec']): Service => ({
  ...{ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' } },
  spec: { type: 'ClusterIP', ...spec },
});

/** An EndpointSlice of a Service, with an endpoint for each address; `name` of its port is that of the Service's. */
export const endpointSlice = (
  of: string,
  port: { readonly name?: string; readonly port: number },
  ready: Readonly<Record<string, boolean>>,
  name = `${of}-1`,
): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, namespace: 'default', labels: { 'kubernetes.io/service-name': of } },
  addressType: 'IPv4',
  ports: [{ name: '', ...port }],
  endpoints: Object.entries(ready).map(([address, isReady]) => ({
    addresses: [address],
    conditions: { ready: isReady },
  })),
});
