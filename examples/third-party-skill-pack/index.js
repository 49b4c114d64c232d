import { defineSkillPack } from '@sympozium/plugin-sdk';

/** The SkillPack `greeter`: an instance that uses it is served by server.mjs, and greets whoever has a key. */
export default defineSkillPack({
  name: 'greeter',
  spec: {
    version: '1.0.0',
    description: 'Serves an instance by a greeting.',
    category: 'serving',
    sidecar: {
      image: 'acme/greeter:1.0.0',
      requiresServer: true,
      ports: [{ name: 'http', containerPort: 8080 }],
      probes: { readiness: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 1 } },
      resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '128Mi' } },
      terminationGracePeriod: '10s',
    },
  },
});
