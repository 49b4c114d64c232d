import type { V1PodSpec } from '@kubernetes/client-node';
import { expect, it } from 'vitest';
import { podTemplate, type ContainerParts, type Wire } from '../manifests/index.js';
import { restrictedViolations } from './pod-security.js';

type PodSpec = Wire<V1PodSpec>;
type Container = PodSpec['containers'][number];

const agent: ContainerParts = { name: 'agent', image: 'agent:1' };
const safe = podTemplate({ containers: [agent] }).spec as PodSpec;
const first = safe.containers[0] as Container;

const pod = (parts: Partial<PodSpec>): PodSpec => ({ ...safe, ...parts });
const container = (parts: Partial<Container>): PodSpec => pod({ containers: [{ ...first, ...parts }] });
const context = (parts: Container['securityContext']): PodSpec =>
  container({ securityContext: { ...first.securityContext, ...parts } });
const podContext = (parts: PodSpec['securityContext']): PodSpec =>
  pod({ securityContext: { ...safe.securityContext, ...parts } });

it('finds nothing in a Pod of podTemplate, whatever restricted allows beside it', () => {
  expect(restrictedViolations(safe)).toEqual([]);
  expect(restrictedViolations(pod({ initContainers: [first] }))).toEqual([]);
  expect(restrictedViolations(pod({ volumes: [{ name: 'tmp', emptyDir: {} }] }))).toEqual([]);
  expect(restrictedViolations(context({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } }))).toEqual([]);
  expect(restrictedViolations(podContext({ sysctls: [{ name: 'net.ipv4.tcp_syncookies', value: '1' }] }))).toEqual([]);
});

/** The table of https://kubernetes.io/docs/concepts/security/pod-security-standards/, baseline and restricted. */
it.each<[string, PodSpec]>([
  ['hostNetwork is set', pod({ hostNetwork: true })],
  ['hostPID is set', pod({ hostPID: true })],
  ['hostIPC is set', pod({ hostIPC: true })],
  ['volume host is a hostPath', pod({ volumes: [{ name: 'host', hostPath: { path: '/' } }] })],
  ['volume share is a nfs', pod({ volumes: [{ name: 'share', nfs: { path: '/', server: 'nas' } }] })],
  ['sysctl kernel.msgmax is set', podContext({ sysctls: [{ name: 'kernel.msgmax', value: '1' }] })],
  ['the Pod sets an SELinux type', podContext({ seLinuxOptions: { type: 'spc_t' } })],
  ['the Pod sets an SELinux user or role', podContext({ seLinuxOptions: { user: 'root' } })],
  ['the Pod is a Windows host process', podContext({ windowsOptions: { hostProcess: true } })],
  ['the Pod runs as user 0', podContext({ runAsUser: 0 })],
  ['the Pod is not confined by AppArmor', podContext({ appArmorProfile: { type: 'Unconfined' } })],
  ['agent is privileged', context({ privileged: true })],
  ['agent does not forbid privilege escalation', context({ allowPrivilegeEscalation: true })],
  ['agent does not drop ALL capabilities', context({ capabilities: { drop: ['NET_RAW'] } })],
  ['agent adds SYS_ADMIN', context({ capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } })],
  ['agent changes procMount', context({ procMount: 'Unmasked' })],
  ['agent is a Windows host process', context({ windowsOptions: { hostProcess: true } })],
  ['agent sets an SELinux user or role', context({ seLinuxOptions: { role: 'system_r' } })],
  ['agent is not confined by AppArmor', context({ appArmorProfile: { type: 'Unconfined' } })],
  ['agent may run as root', context({ runAsNonRoot: false })],
  ['agent runs as user 0', context({ runAsUser: 0 })],
  ['agent has no seccomp profile', context({ seccompProfile: { type: 'Unconfined' } })],
  ['agent takes a host port', container({ ports: [{ containerPort: 80, hostPort: 80 }] })],
  [
    'agent has a probe or hook with a host',
    container({ livenessProbe: { httpGet: { port: '80', host: '10.0.0.1' } } }),
  ],
  [
    'agent has a probe or hook with a host',
    container({ lifecycle: { preStop: { tcpSocket: { port: '1', host: 'h' } } } }),
  ],
])('finds that %s', (violation, spec) => {
  expect(restrictedViolations(spec)).toEqual([violation]);
});

it('looks into init and ephemeral containers too', () => {
  const root = { ...first, name: 'init', securityContext: { ...first.securityContext, runAsUser: 0 } };
  expect(restrictedViolations(pod({ initContainers: [root] }))).toEqual(['init runs as user 0']);
  expect(restrictedViolations(pod({ ephemeralContainers: [root] }))).toEqual(['init runs as user 0']);
});

it('lets nothing unsaid pass: a Pod without any security context has every hole of restricted', () => {
  expect(restrictedViolations({ containers: [{ name: 'agent', image: 'agent:1' }] })).toEqual([
    'agent does not forbid privilege escalation',
    'agent does not drop ALL capabilities',
    'agent may run as root',
    'agent has no seccomp profile',
  ]);
});
