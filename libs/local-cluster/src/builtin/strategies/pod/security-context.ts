import type { FieldError } from '../../../api-error.js';
import {
  duplicate,
  forbiddenField,
  invalidValue,
  notSupported,
  required,
  tooLong,
} from '../../../schema/field-errors.js';
import { fieldsOf, listOf, textOf, textsOf, type Fields } from '../access.js';
import { inGo, type GoStruct } from '../go-values.js';
import { choiceErrors, idError, idErrors } from '../shared-rules.js';
import { descendingErrors } from './paths.js';

const PROFILES = ['Localhost', 'RuntimeDefault', 'Unconfined'];
const MAX_PROFILE_BYTES = 4095;
const MAX_SYSCTL_BYTES = 253;
const SYSCTL = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const WHOLE_SYSCTL = `^(${SYSCTL}[\\./])*${SYSCTL}$`;
const IS_SYSCTL = new RegExp(WHOLE_SYSCTL);

/** Errors of a container's security context. */
export function contextErrors(context: Fields, field: string, hostUsers: boolean): FieldError[] {
  const { procMount, allowPrivilegeEscalation, privileged } = context;
  const isUnmasked = hostUsers && procMount === 'Unmasked';
  return [
    ...(privileged === true ? [forbiddenField(`${field}.privileged`, 'disallowed by cluster policy')] : []),
    ...idErrors(context, field, ['runAsUser', 'runAsGroup']),
    ...choiceErrors(context, field, { procMount: ['Default', 'Unmasked'] }),
    ...(isUnmasked
      ? [invalidValue(`${field}.procMount`, procMount, '`hostUsers` must be false to use `Unmasked`')]
      : []),
    ...seccompErrors(context['seccompProfile'], `${field}.seccompProfile`),
    ...(allowPrivilegeEscalation === false ? escalationErrors(context, field) : []),
    ...appArmorErrors(context['appArmorProfile'], `${field}.appArmorProfile`),
  ];
}

function escalationErrors(context: Fields, field: string): FieldError[] {
  const prefix = 'cannot set `allowPrivilegeEscalation` to false and';
  const powers = textsOf(fieldsOf(context['capabilities'])['add']).filter((name) => name === 'CAP_SYS_ADMIN');
  const details = [
    ...(context['privileged'] === true ? [`${prefix} \`privileged\` to true`] : []),
    ...powers.map(() => `${prefix} \`capabilities.Add\` CAP_SYS_ADMIN`),
  ];
  return details.map((detail) => invalidValue(field, inGo(context, CONTEXT), detail));
}

const PROFILE: GoStruct = { type: '', localhostProfile: null };
const CONTEXT: GoStruct = {
  capabilities: { add: null, drop: null },
  privileged: null,
  seLinuxOptions: null,
  windowsOptions: null,
  runAsUser: null,
  runAsGroup: null,
  runAsNonRoot: null,
  readOnlyRootFilesystem: null,
  allowPrivilegeEscalation: null,
  procMount: null,
  seccompProfile: PROFILE,
  appArmorProfile: PROFILE,
};

function seccompErrors(profile: unknown, field: string): FieldError[] {
  if (profile == null) return [];
  const { type, localhostProfile } = fieldsOf(profile);
  const errors = typeErrors(type, field, 'seccompProfile');
  const at = `${field}.localhostProfile`;
  if (type === 'Localhost')
    return localhostProfile == null
      ? [...errors, required(at, 'must be set when seccomp type is Localhost')]
      : [...errors, ...descendingErrors(textOf(localhostProfile), at)];
  if (localhostProfile == null) return errors;
  const shown = inGo(profile, PROFILE);
  return [...errors, invalidValue(at, shown, 'can only be set when seccomp type is Localhost')];
}

function typeErrors(type: unknown, field: string, name: string): FieldError[] {
  if (!type) return [required(`${field}.type`, `type is required when ${name} is set`)];
  return PROFILES.includes(textOf(type)) ? [] : [notSupported(`${field}.type`, type, PROFILES)];
}

function appArmorErrors(profile: unknown, field: string): FieldError[] {
  if (profile == null) return [];
  const { type, localhostProfile } = fieldsOf(profile);
  const at = `${field}.localhostProfile`;
  if (type === 'Localhost') return localProfileErrors(localhostProfile, at);
  const errors = typeErrors(type, field, 'appArmorProfile');
  if (errors.length > 0 || localhostProfile == null) return errors;
  return [invalidValue(at, localhostProfile, 'can only be set when AppArmor type is Localhost')];
}

function localProfileErrors(profile: unknown, field: string): FieldError[] {
  const name = textOf(profile);
  if (name === '') return [required(field, 'must be set when AppArmor type is Localhost')];
  return [
    ...(name.trim() === name ? [] : [invalidValue(field, name, 'must not be padded with whitespace')]),
    ...(Buffer.byteLength(name) > MAX_PROFILE_BYTES ? [tooLong(field, MAX_PROFILE_BYTES)] : []),
  ];
}

/** Errors of a Pod's own security context. */
export function podContextErrors(spec: Fields, field: string): FieldError[] {
  const context = fieldsOf(spec['securityContext']);
  const groups = Array.isArray(context['supplementalGroups']) ? context['supplementalGroups'] : [];
  return [
    ...idErrors(context, field, ['fsGroup', 'runAsUser', 'runAsGroup']),
    ...groups.flatMap((id: unknown, index) => idError(id, `${field}.supplementalGroups[${index}]`)),
    ...sysctlErrors(spec, listOf(context['sysctls']), `${field}.sysctls`),
    ...choiceErrors(context, field, { fsGroupChangePolicy: ['Always', 'OnRootMismatch'] }),
    ...seccompErrors(context['seccompProfile'], `${field}.seccompProfile`),
    ...appArmorErrors(context['appArmorProfile'], `${field}.appArmorProfile`),
    ...choiceErrors(context, field, {
      supplementalGroupsPolicy: ['Merge', 'Strict'],
      seLinuxChangePolicy: ['MountOption', 'Recursive'],
    }),
  ];
}

function sysctlErrors(spec: Fields, sysctls: readonly Fields[], field: string): FieldError[] {
  const names = sysctls.map(({ name }) => textOf(name));
  return names.flatMap((name, index) => {
    const at = `${field}[${index}].name`;
    return [...sysctlNameErrors(name, at, names.indexOf(name) < index), ...hostSysctlErrors(spec, name, at)];
  });
}

function sysctlNameErrors(name: string, field: string, isTwice: boolean): FieldError[] {
  if (name === '') return [required(field)];
  const detail = `must have at most ${MAX_SYSCTL_BYTES} characters and match regex ${WHOLE_SYSCTL}`;
  if (name.length > MAX_SYSCTL_BYTES || !IS_SYSCTL.test(name)) return [invalidValue(field, name, detail)];
  return isTwice ? [duplicate(field, name)] : [];
}

const IPC_SYSCTL =
  /^(kernel[./](shmall|shmmax|shmmni|shm_rmid_forced|msgmax|msgmnb|msgmni|sem)$|kernel[./]sem|fs[./]mqueue[./])/;

/** Nobody sets for the whole node what a Pod has for itself only where it does not share it. */
function hostSysctlErrors({ hostNetwork, hostIPC }: Fields, name: string, field: string): FieldError[] {
  if (hostNetwork === true && /^net[./]/.test(name))
    return [invalidValue(field, name, "may not be specified when 'hostNetwork' is true")];
  if (hostIPC === true && IPC_SYSCTL.test(name))
    return [invalidValue(field, name, "may not be specified when 'hostIPC' is true")];
  return [];
}
