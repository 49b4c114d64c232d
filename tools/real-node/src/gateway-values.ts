import { IMAGES } from './images.js';

/** Fills in what Envoy Gateway’s release writes into its chart’s values, with images that are made here. */
export function renderValues(template: string): string {
  const filled: Readonly<Record<string, string>> = {
    GatewayImage: IMAGES.envoyGateway,
    GatewayImagePullPolicy: 'IfNotPresent',
  };
  return template.replace(/\$\{(\w+)\}/g, (whole, name: string) => filled[name] ?? whole);
}

/** What is different from the chart’s own values. */
export const GATEWAY_VALUES = {
  crds: { enabled: false }, // they are there before; Helm would not wait until they are served
  topologyInjector: { enabled: false }, // one node has no topology
  deployment: {
    envoyGateway: {
      resources: { requests: { cpu: '10m', memory: '128Mi' } },
      readinessProbe: { periodSeconds: 1 },
    },
  },
  config: {
    envoyGateway: {
      provider: {
        type: 'Kubernetes',
        kubernetes: { shutdownManager: { image: IMAGES.envoyGateway } },
      },
    },
  },
};
