import { expect, it } from 'vitest';
import { render, type Values } from './testing/rendered.js';

it.each<['sympozium' | 'sympozium-web-proxy', Values, string]>([
  ['sympozium', { replica: 3 }, "at '': additional properties 'replica' not allowed"],
  ['sympozium', { image: { name: 'x' } }, "at '/image': additional properties 'name' not allowed"],
  ['sympozium', { plugins: [{ package: 'x', packge: 'x' }] }, "at '/plugins/0': additional properties 'packge'"],
  ['sympozium', { plugins: [{ enabled: true }] }, "at '/plugins/0': missing property 'package'"],
  ['sympozium', { watchNamespaces: ['*', 'a'] }, "at '/watchNamespaces"],
  ['sympozium', { watchNamespaces: [] }, "at '/watchNamespaces"],
  ['sympozium', { extraRules: [{ apiGroups: [''], resources: ['pods'], verbs: ['*'] }] }, "at '/extraRules/0/verbs/0'"],
  ['sympozium', { affinity: { nodeAffinty: {} } }, "at '/affinity': additional properties 'nodeAffinty' not allowed"],
  ['sympozium', { tolerations: [{ effect: 'Never' }] }, "at '/tolerations/0/effect': value must be one of"],
  ['sympozium', { extraEnv: [{ name: 'A', valueFrom: { secret: {} } }] }, "at '/extraEnv/0/valueFrom': additional"],
  ['sympozium', { topologySpreadConstraints: [{ maxSkew: 1 }] }, "at '/topologySpreadConstraints/0': missing prop"],
  ['sympozium', { networkPolicy: { metricsFrom: [{ podselector: {} }] } }, "at '/networkPolicy/metricsFrom/0': add"],
  ['sympozium', { networkPolicy: { runs: { egress: [{ port: 1 }] } } }, "at '/networkPolicy/runs/egress/0': addit"],
  ['sympozium', { pluginsVolume: { name: 'x' } }, "at '/pluginsVolume': additional properties 'name' not allowed"],
  ['sympozium', { podSecurityContext: { privileged: true } }, "at '/podSecurityContext': additional properties"],
  ['sympozium', { prePull: { images: [{ image: 'x' }] } }, "at '/prePull/images/0': missing property 'command'"],
  ['sympozium', { pluginImages: [{ image: 'x' }], pluginsVolume: { emptyDir: {} } }, 'give one of them'],
  ['sympozium-web-proxy', { keys: { entries: { me: { secret: 'x' } } } }, "at '/keys/entries/me': additional"],
  ['sympozium-web-proxy', { keys: { entries: { me: { key: 'short' } } } }, "at '/keys/entries/me/key': minLength"],
  ['sympozium-web-proxy', { keys: { entries: { '.me': { key: 'x'.repeat(20) } } } }, "invalid propertyName '.me'"],
  ['sympozium-web-proxy', { keys: { existingSecret: 'x', entries: { me: { key: 'x'.repeat(20) } } } }, 'give one of'],
  ['sympozium-web-proxy', { autoscaling: { min: 1 } }, "at '/autoscaling': additional properties 'min' not allowed"],
  ['sympozium-web-proxy', { autoscaling: { enabled: true, minReplicas: 20 } }, 'is above autoscaling.maxReplicas'],
  ['sympozium-web-proxy', { autoscaling: { behavior: { scaledown: {} } } }, "at '/autoscaling/behavior': additional"],
  ['sympozium-web-proxy', { httpRoute: { enabled: true } }, 'httpRoute.parentRefs is empty: name the Gateway'],
  ['sympozium-web-proxy', { httpRoute: { timeouts: { request: '5 minutes' } } }, "at '/httpRoute/timeouts/request'"],
])('%s refuses %j, and says why', async (chart, values, why) => {
  await expect(render(chart, values)).rejects.toThrow(why);
});
