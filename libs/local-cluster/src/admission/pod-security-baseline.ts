import { fieldsOf, listOf, numberOf, textOf, textsOf, type Fields } from '../builtin/strategies/access.js';
import { contextOf, named, plural, quoted, refuse, sortedSet, type Check } from './pod-security-check.js';

const CAPABILITIES =
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT';
const SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_notsent_lowat',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_slow_start_after_idle',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
];

const uses = (of: readonly unknown[]): string => (of.length === 1 ? 'uses' : 'use');

const foreignCapabilities = (container: Fields): string[] =>
  textsOf(fieldsOf(contextOf(container)['capabilities'])['add']).filter(
    (name) => !CAPABILITIES.split(' ').includes(name),
  );

const hostPorts = (container: Fields): string[] =>
  listOf(container['ports']).flatMap(({ hostPort }) => (numberOf(hostPort) ? [String(hostPort)] : []));

function probeHosts(container: Fields): string[] {
  const { livenessProbe, readinessProbe, startupProbe } = container;
  const { postStart, preStop } = fieldsOf(container['lifecycle']);
  return [livenessProbe, readinessProbe, startupProbe, postStart, preStop]
    .map(fieldsOf)
    .flatMap(({ httpGet, tcpSocket }) => [fieldsOf(httpGet)['host'], fieldsOf(tcpSocket)['host']])
    .map(textOf)
    .filter((host) => host !== '');
}

export const baselineChecks = {
  capabilities: (spec) =>
    refuse(
      spec,
      (container) => foreignCapabilities(container).length > 0,
      (bad) => {
        const names = quoted(sortedSet(bad.flatMap(foreignCapabilities)));
        return `non-default capabilities (${named(bad)} must not include ${names} in securityContext.capabilities.add)`;
      },
    ),
  hostNamespaces(spec) {
    const shared = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => spec[field] === true);
    return shared.length === 0 ? undefined : `host namespaces (${shared.map((field) => `${field}=true`).join(', ')})`;
  },
  hostPathVolumes(spec) {
    const bad = listOf(spec['volumes']).filter(({ hostPath }) => hostPath != null);
    const names = quoted(bad.map(({ name }) => textOf(name)));
    return bad.length === 0 ? undefined : `hostPath volumes (${plural('volume', bad)} ${names})`;
  },
  hostPorts: (spec) =>
    refuse(
      spec,
      (container) => hostPorts(container).length > 0,
      (bad) => {
        const ports = sortedSet(bad.flatMap(hostPorts));
        return `hostPort (${named(bad)} ${uses(bad)} ${plural('hostPort', ports)} ${ports.join(', ')})`;
      },
    ),
  hostProbes: (spec) =>
    refuse(
      spec,
      (container) => probeHosts(container).length > 0,
      (bad) => {
        const hosts = sortedSet(bad.flatMap(probeHosts));
        const sorted = bad.toSorted((a, b) => (textOf(a['name']) < textOf(b['name']) ? -1 : 1));
        const what = plural('probe or lifecycle host', hosts);
        return `probe or lifecycle host (${named(sorted)} ${uses(bad)} ${what} ${quoted(hosts)})`;
      },
    ),
  privileged: (spec) =>
    refuse(
      spec,
      (container) => contextOf(container)['privileged'] === true,
      (bad) => `privileged (${named(bad)} must not set securityContext.privileged=true)`,
    ),
  sysctls(spec) {
    const names = listOf(contextOf(spec)['sysctls']).map(({ name }) => textOf(name));
    const bad = names.filter((name) => !SYSCTLS.includes(name));
    return bad.length === 0 ? undefined : `forbidden sysctls (${bad.join(', ')})`;
  },
} satisfies Record<string, Check>;
