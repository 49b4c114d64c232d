import { childName, defined, failure, SERVER_PORT, type Failure, type SympoziumInstance } from '@sympozium/api';
import type { ObservedView } from '@sympozium/plugin-sdk';
import { HTTP_ROUTE, type HttpRouteSpec } from '@sympozium/plugin-sdk/manifests';
import type { GatewayConfig, GatewayParams } from './config.js';

/** The route that leads to an instance's server, or why there can be none. */
export function wishedRoute(
  { run, available }: ObservedView<GatewayParams>,
  instance: SympoziumInstance,
  config: GatewayConfig,
): HttpRouteSpec | Failure {
  if (!available(HTTP_ROUTE)) return failure('GatewayApiMissing');
  const gateway = instance.spec.endpoint?.gateway ?? config.gateway;
  if (!gateway) return failure('GatewayNotConfigured');
  const host = instance.spec.endpoint?.hostname ?? ownName(instance, config);
  if (host === undefined) return failure('HostnameMissing');
  return {
    parentRefs: [defined({ name: gateway.name, namespace: gateway.namespace, sectionName: gateway.sectionName })],
    hostnames: [host],
    rules: [
      {
        backendRefs: [{ name: childName(run.metadata.name), port: SERVER_PORT.http }],
        // An answer may take as long as its run; gateways would cut it after 15 s or so.
        timeouts: { request: '0s' },
      },
    ],
  };
}

const ownName = ({ metadata }: SympoziumInstance, { baseDomain }: GatewayConfig): string | undefined =>
  baseDomain === undefined ? undefined : [metadata.name, metadata.namespace, baseDomain].join('.');
