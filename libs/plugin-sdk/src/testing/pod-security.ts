import type { V1Capabilities, V1Container, V1PodSpec, V1SeccompProfile, V1Volume } from '@kubernetes/client-node';
import type { Wire } from '../manifests/wire.js';

type PodSpec = Wire<V1PodSpec>;
type Container = Wire<V1Container>;

const VOLUMES: ReadonlySet<string> = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

const SYSCTLS: ReadonlySet<string> = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
]);

const SELINUX_TYPES: ReadonlySet<string> = new Set([
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
]);

/**
 * What Pod Security `restricted` would refuse in a Pod for Linux, one sentence each; empty when nothing.
 * Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function restrictedViolations(pod: PodSpec): readonly string[] {
  const containers = [
    ...(pod.initContainers ?? []),
    ...pod.containers,
    ...((pod.ephemeralContainers ?? []) as Container[]),
  ];
  return [
    ...hostAccess(pod),
    ...(pod.volumes ?? []).flatMap(volume),
    ...podContext(pod),
    ...containers.flatMap((container) => [
      ...privileges(container),
      ...identity(pod, container),
      ...hostTies(container),
    ]),
  ];
}

const when = (bad: boolean, sentence: string): readonly string[] => (bad ? [sentence] : []);

const hostAccess = (pod: PodSpec): readonly string[] => [
  ...when(pod.hostNetwork === true, 'hostNetwork is set'),
  ...when(pod.hostPID === true, 'hostPID is set'),
  ...when(pod.hostIPC === true, 'hostIPC is set'),
];

function volume(v: Wire<V1Volume>): readonly string[] {
  const types = Object.keys(v).filter((key) => key !== 'name');
  return types.filter((type) => !VOLUMES.has(type)).map((type) => `volume ${v.name} is a ${type}`);
}

function podContext({ securityContext }: PodSpec): readonly string[] {
  const { sysctls = [], seLinuxOptions, windowsOptions } = securityContext ?? {};
  return [
    ...sysctls.filter(({ name }) => !SYSCTLS.has(name)).map(({ name }) => `sysctl ${name} is set`),
    ...seLinux('the Pod', seLinuxOptions),
    ...when(windowsOptions?.hostProcess === true, 'the Pod is a Windows host process'),
    ...when(securityContext?.runAsUser === 0, 'the Pod runs as user 0'),
    ...appArmor('the Pod', securityContext?.appArmorProfile?.type),
  ];
}

function privileges({ name, securityContext: own = {} }: Container): readonly string[] {
  return [
    ...when(own.privileged === true, `${name} is privileged`),
    ...when(own.allowPrivilegeEscalation !== false, `${name} does not forbid privilege escalation`),
    ...capabilities(name, own.capabilities),
    ...when((own.procMount ?? 'Default') !== 'Default', `${name} changes procMount`),
    ...when(own.windowsOptions?.hostProcess === true, `${name} is a Windows host process`),
    ...seLinux(name, own.seLinuxOptions),
    ...appArmor(name, own.appArmorProfile?.type),
  ];
}

const capabilities = (name: string, { add = [], drop = [] }: Wire<V1Capabilities> = {}): readonly string[] => [
  ...when(!drop.includes('ALL'), `${name} does not drop ALL capabilities`),
  ...add.filter((added) => added !== 'NET_BIND_SERVICE').map((added) => `${name} adds ${added}`),
];

const seLinux = (who: string, options: { type?: string; user?: string; role?: string } = {}): readonly string[] => [
  ...when(!SELINUX_TYPES.has(options.type ?? ''), `${who} sets an SELinux type`),
  ...when(Boolean(options.user ?? options.role), `${who} sets an SELinux user or role`),
];

const appArmor = (who: string, type: string | undefined): readonly string[] =>
  when(type === 'Unconfined', `${who} is not confined by AppArmor`);

function identity({ securityContext: pod }: PodSpec, { name, securityContext: own }: Container): readonly string[] {
  return [
    ...when((own?.runAsNonRoot ?? pod?.runAsNonRoot) !== true, `${name} may run as root`),
    ...when(own?.runAsUser === 0, `${name} runs as user 0`),
    ...when(!confined(own?.seccompProfile ?? pod?.seccompProfile), `${name} has no seccomp profile`),
  ];
}

const confined = (profile: Wire<V1SeccompProfile> | undefined): boolean =>
  profile?.type === 'RuntimeDefault' || profile?.type === 'Localhost';

function hostTies({ name, ports = [], lifecycle, ...probes }: Container): readonly string[] {
  const handlers = [
    lifecycle?.postStart,
    lifecycle?.preStop,
    probes.livenessProbe,
    probes.readinessProbe,
    probes.startupProbe,
  ];
  const probesHost = handlers.some((handler) => Boolean(handler?.httpGet?.host ?? handler?.tcpSocket?.host));
  return [
    ...when(
      ports.some((port) => (port.hostPort ?? 0) !== 0),
      `${name} takes a host port`,
    ),
    ...when(probesHost, `${name} has a probe or hook with a host`),
  ];
}
