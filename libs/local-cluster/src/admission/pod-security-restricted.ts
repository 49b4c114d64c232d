import { fieldsOf, listOf, textOf, textsOf, type Fields } from '../builtin/strategies/access.js';
import { containersOf } from '../builtin/strategies/pod-defaults.js';
import { contextOf, named, plural, quoted, refuse, settersOf, sortedSet, type Check } from './pod-security-check.js';
import { hasSeccomp, procMount, seccompProfile } from './pod-security-profiles.js';

const VOLUMES = 'configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret'.split(' ');

const capabilitiesOf = (container: Fields): Fields => fieldsOf(contextOf(container)['capabilities']);
const foreignCapabilities = (container: Fields): string[] =>
  textsOf(capabilitiesOf(container)['add']).filter((name) => name !== 'NET_BIND_SERVICE');

/** What Windows has not, nobody has to say there. */
const unlessWindows =
  (check: Check): Check =>
  (spec) =>
    fieldsOf(spec['os'])['name'] === 'windows' ? undefined : check(spec);

const allowPrivilegeEscalation: Check = (spec) =>
  refuse(
    spec,
    (container) => contextOf(container)['allowPrivilegeEscalation'] !== false,
    (bad) =>
      `allowPrivilegeEscalation != false (${named(bad)} must set securityContext.allowPrivilegeEscalation=false)`,
  );

const capabilities: Check = (spec) => {
  const keeping = containersOf(spec).filter((container) => !textsOf(capabilitiesOf(container)['drop']).includes('ALL'));
  const adding = containersOf(spec).filter((container) => foreignCapabilities(container).length > 0);
  const details: string[] = [];
  if (keeping.length > 0) details.push(`${named(keeping)} must set securityContext.capabilities.drop=["ALL"]`);
  if (adding.length > 0) {
    const names = quoted(sortedSet(adding.flatMap(foreignCapabilities)));
    details.push(`${named(adding)} must not include ${names} in securityContext.capabilities.add`);
  }
  return details.length === 0 ? undefined : `unrestricted capabilities (${details.join('; ')})`;
};

const typeOf = (volume: Fields): string =>
  Object.keys(volume).find((field) => field !== 'name' && volume[field] != null) ?? 'unknown';

const volumes: Check = (spec) => {
  const bad = listOf(spec['volumes']).filter((volume) => !VOLUMES.includes(typeOf(volume)));
  if (bad.length === 0) return undefined;
  const types = sortedSet(bad.map(typeOf));
  const names = quoted(bad.map(({ name }) => textOf(name)));
  const verb = bad.length === 1 ? 'uses' : 'use';
  const kinds = `${plural('restricted volume type', types)} ${quoted(types)}`;
  return `restricted volume types (${plural('volume', bad)} ${names} ${verb} ${kinds})`;
};

const nonRootOf = (holder: Fields): unknown => contextOf(holder)['runAsNonRoot'] ?? undefined;

const runAsNonRoot: Check = (spec) => {
  if (spec['hostUsers'] === false) return undefined;
  const setters = settersOf(spec, (holder) => nonRootOf(holder) === false);
  if (setters.length > 0)
    return `runAsNonRoot != true (${setters.join(' and ')} must not set securityContext.runAsNonRoot=false)`;
  if (nonRootOf(spec) === true) return undefined;
  return refuse(
    spec,
    (container) => nonRootOf(container) === undefined,
    (bad) => `runAsNonRoot != true (pod or ${named(bad)} must set securityContext.runAsNonRoot=true)`,
  );
};

const runAsUser: Check = (spec) => {
  if (spec['hostUsers'] === false) return undefined;
  const setters = settersOf(spec, (holder) => contextOf(holder)['runAsUser'] === 0);
  return setters.length === 0 ? undefined : `runAsUser=0 (${setters.join(' and ')} must not set runAsUser=0)`;
};

const seccomp: Check = (spec) => {
  const explicit = seccompProfile(spec);
  if (explicit !== undefined || hasSeccomp(spec)) return explicit;
  return refuse(
    spec,
    (container) => !hasSeccomp(container),
    (bad) => {
      const what = 'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"';
      return `seccompProfile (pod or ${named(bad)} ${what})`;
    },
  );
};

/** Here nobody is excused who has users of his own. */
const procMountAlways: Check = (spec) => procMount({ ...spec, hostUsers: undefined });

/** What `restricted` asks beyond the baseline, in the order of the checks' names. */
export const restrictedChecks: readonly Check[] = [
  unlessWindows(allowPrivilegeEscalation),
  unlessWindows(capabilities),
  procMountAlways,
  volumes,
  runAsNonRoot,
  runAsUser,
  unlessWindows(seccomp),
];
