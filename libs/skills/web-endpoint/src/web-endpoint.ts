import { SERVER_PORT } from '@sympozium/api';
import { defineSkillPack, type SkillPackPlugin } from '@sympozium/plugin-sdk';

/** Image of the web proxy that is as old as this pack. */
export const WEB_PROXY_IMAGE = 'sympozium/web-proxy:0.1.0';

/** How the pack is made. */
export interface WebEndpointOptions {
  /** Image of the web proxy. */
  readonly image?: string;
}

/**
 * The SkillPack `web-endpoint`: OpenAI-compatible HTTP and MCP in front of an instance, served by the web proxy. Before
 * SIGTERM comes the server mode has waited until new connections go elsewhere. Those that callers keep still lead here:
 * for a second each answer on one closes it, so that none is cut with a request on its way. Then what was begun is
 * ended: a run may take its default timeout of 10 minutes, and all of that fits into the grace period.
 */
export const webEndpoint = ({ image = WEB_PROXY_IMAGE }: WebEndpointOptions = {}): SkillPackPlugin =>
  defineSkillPack({
    name: 'web-endpoint',
    spec: {
      version: '0.1.0',
      description: 'Serves the instance over OpenAI-compatible HTTP and MCP.',
      category: 'serving',
      sidecar: {
        image,
        requiresServer: true,
        env: [
          { name: 'DRAIN_MS', value: '1000' },
          { name: 'GRACE_MS', value: '645000' },
        ],
        ports: [
          { name: 'http', containerPort: SERVER_PORT.http },
          { name: 'stream', containerPort: SERVER_PORT.stream },
          { name: 'metrics', containerPort: SERVER_PORT.metrics },
        ],
        probes: {
          startup: { ...probe('/healthz'), periodSeconds: 1, failureThreshold: 60 },
          readiness: { ...probe('/readyz'), periodSeconds: 2, failureThreshold: 2 },
          liveness: { ...probe('/healthz'), periodSeconds: 10, failureThreshold: 3 },
        },
        resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } },
        terminationGracePeriod: '11m',
      },
    },
  });

const probe = (path: string) => ({ httpGet: { path, port: SERVER_PORT.metrics }, timeoutSeconds: 2 });
