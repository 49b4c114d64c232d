import { fieldsOf, textOf, type Fields } from '../builtin/strategies/access.js';
import { containersOf } from '../builtin/strategies/pod-defaults.js';
import { contextOf, plural, quoted, refuse, named, settersOf, sortedSet, type Check } from './pod-security-check.js';

const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';
const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];

/** The profile a Pod or container asks for by itself. */
const profileOf = (holder: Fields, name: string): string | undefined => {
  const profile = contextOf(holder)[name];
  return profile == null ? undefined : textOf(fieldsOf(profile)['type']);
};

const isForeign =
  (name: string) =>
  (holder: Fields): boolean =>
    ![undefined, 'Localhost', 'RuntimeDefault'].includes(profileOf(holder, name));

const badTypes = (spec: Fields, name: string): string[] =>
  sortedSet([spec, ...containersOf(spec)].filter(isForeign(name)).map((holder) => profileOf(holder, name) ?? ''));

export const appArmorProfile: Check = (spec, annotations = {}) => {
  const isAllowed = (value: string): boolean =>
    value === '' || value === 'runtime/default' || value.startsWith('localhost/');
  const bad = Object.entries(annotations)
    .filter(([key, value]) => key.startsWith(APP_ARMOR) && !isAllowed(textOf(value)))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .sort();
  const setters = [
    ...settersOf(spec, isForeign('appArmorProfile')),
    ...(bad.length > 0 ? [plural('annotation', bad)] : []),
  ];
  if (setters.length === 0) return undefined;
  const values = [...badTypes(spec, 'appArmorProfile'), ...bad];
  const shown = values.map((value) => `"${value}"`).join(', ');
  const reason = plural('forbidden AppArmor profile', values);
  return `${reason} (${setters.join(' and ')} must not set AppArmor profile type to ${shown})`;
};

export const procMount: Check = (spec) => {
  if (spec['hostUsers'] === false) return undefined;
  const mountOf = (container: Fields): string => textOf(contextOf(container)['procMount'] ?? 'Default');
  return refuse(
    spec,
    (container) => mountOf(container) !== 'Default',
    (bad) =>
      `procMount (${named(bad)} must not set securityContext.procMount to ${quoted(sortedSet(bad.map(mountOf)))})`,
  );
};

export const seLinuxOptions: Check = (spec) => {
  const optionsOf = (holder: Fields): Fields => fieldsOf(contextOf(holder)['seLinuxOptions']);
  const isBad = (holder: Fields): boolean => {
    const { type, user, role } = optionsOf(holder);
    return !SELINUX_TYPES.includes(textOf(type)) || Boolean(user) || Boolean(role);
  };
  const setters = settersOf(spec, isBad);
  if (setters.length === 0) return undefined;
  const bad = [spec, ...containersOf(spec)].map(optionsOf);
  const types = sortedSet(bad.map(({ type }) => textOf(type)).filter((type) => !SELINUX_TYPES.includes(type)));
  const details = [
    ...(types.length > 0 ? [`${plural('type', types)} ${quoted(types)}`] : []),
    ...['user', 'role'].flatMap((name) => (bad.some((options) => options[name]) ? [`${name} may not be set`] : [])),
  ];
  return `seLinuxOptions (${setters.join(' and ')} set forbidden securityContext.seLinuxOptions: ${details.join('; ')})`;
};

export const hasSeccomp = (holder: Fields): boolean => profileOf(holder, 'seccompProfile') !== undefined;

export const seccompProfile: Check = (spec) => {
  const setters = settersOf(spec, isForeign('seccompProfile'));
  if (setters.length === 0) return undefined;
  const types = quoted(badTypes(spec, 'seccompProfile'));
  return `seccompProfile (${setters.join(' and ')} must not set securityContext.seccompProfile.type to ${types})`;
};

export const windowsHostProcess: Check = (spec) => {
  const setters = settersOf(spec, (holder) => fieldsOf(contextOf(holder)['windowsOptions'])['hostProcess'] === true);
  if (setters.length === 0) return undefined;
  return `hostProcess (${setters.join(' and ')} must not set securityContext.windowsOptions.hostProcess=true)`;
};
