import type { FieldError } from '../../../api-error.js';
import {
  duplicate,
  forbiddenField,
  invalidValue,
  notFoundValue,
  notSupported,
  required,
} from '../../../schema/field-errors.js';
import { fieldsOf, listOf, textOf, textsOf, type Fields } from '../access.js';
import { choiceErrors, isTaken } from '../shared-rules.js';
import { backstepErrors, descendingErrors } from './paths.js';

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'];
const RECURSIONS = ['Disabled', 'Enabled', 'IfPossible'];
const OPTIONS = ['nodev', 'noexec', 'nosuid'];

type Volumes = ReadonlyMap<string, Fields>;

/** Errors of where a container finds the Pod's volumes, as files and as devices. */
export const mountErrors = (container: Fields, field: string, volumes: Volumes): FieldError[] => [
  ...listOf(container['volumeMounts']).flatMap((mount, index) => [
    ...placeErrors(container, `${field}.volumeMounts`, index, volumes),
    ...subPathErrors(mount, `${field}.volumeMounts`, index),
    ...propagationErrors(mount, `${field}.volumeMounts.mountPropagation`, container),
    ...recursionErrors(mount, `${field}.volumeMounts.recursiveReadOnly`),
    ...optionErrors(mount, `${field}.volumeMounts[${index}].bindMountOptions`, volumes),
  ]),
  ...listOf(container['volumeDevices']).flatMap((_, index) =>
    deviceErrors(container, `${field}.volumeDevices`, index, volumes),
  ),
];

function placeErrors(container: Fields, field: string, index: number, volumes: Volumes): FieldError[] {
  const mounts = listOf(container['volumeMounts']);
  const devices = listOf(container['volumeDevices']);
  const [name, path] = [textOf(mounts[index]?.['name']), textOf(mounts[index]?.['mountPath'])];
  const [atName, atPath] = [`${field}[${index}].name`, `${field}[${index}].mountPath`];
  const errors: FieldError[] = [];
  if (!name) errors.push(required(atName));
  if (!volumes.has(name)) errors.push(notFoundValue(atName, name));
  if (!path) errors.push(required(atPath));
  if (
    isTaken(
      mounts.map(({ mountPath }) => textOf(mountPath)),
      index,
    )
  )
    errors.push(invalidValue(atPath, path, 'must be unique'));
  if (devices.some((device) => device['name'] === name))
    errors.push(invalidValue(atName, name, 'must not already exist in volumeDevices'));
  if (devices.some(({ devicePath }) => devicePath === path))
    errors.push(invalidValue(atPath, path, 'must not already exist as a path in volumeDevices'));
  return errors;
}

function subPathErrors({ subPath, subPathExpr }: Fields, field: string, index: number): FieldError[] {
  const errors = subPath ? descendingErrors(textOf(subPath), `${field}.subPath`) : [];
  if (!subPathExpr) return errors;
  if (subPath)
    errors.push(
      invalidValue(`${field}[${index}].subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive'),
    );
  return [...errors, ...descendingErrors(textOf(subPathExpr), `${field}.subPathExpr`)];
}

function propagationErrors(mount: Fields, field: string, container: Fields): FieldError[] {
  const errors = choiceErrors(mount, field.replace(/\.mountPropagation$/, ''), { mountPropagation: PROPAGATIONS });
  const isPrivileged = fieldsOf(container['securityContext'])['privileged'] === true;
  if (mount['mountPropagation'] !== 'Bidirectional' || isPrivileged) return errors;
  return [forbiddenField(field, 'Bidirectional mount propagation is available only to privileged containers')];
}

function recursionErrors({ recursiveReadOnly, readOnly, mountPropagation }: Fields, field: string): FieldError[] {
  if (recursiveReadOnly == null || recursiveReadOnly === 'Disabled') return [];
  if (!RECURSIONS.includes(textOf(recursiveReadOnly))) return [notSupported(field, recursiveReadOnly, RECURSIONS)];
  const isShared = mountPropagation != null && mountPropagation !== 'None';
  const detail = 'may only be specified when mountPropagation is None or not specified';
  return [
    ...(readOnly === true ? [] : [forbiddenField(field, 'may only be specified when readOnly is true')]),
    ...(isShared ? [forbiddenField(field, detail)] : []),
  ];
}

function optionErrors({ name, bindMountOptions }: Fields, field: string, volumes: Volumes): FieldError[] {
  const options = textsOf(bindMountOptions);
  const errors = options.flatMap((option, index) => [
    ...(OPTIONS.includes(option) ? [] : [notSupported(`${field}[${index}]`, option, OPTIONS)]),
    ...(isTaken(options, index) ? [duplicate(`${field}[${index}]`, option)] : []),
  ]);
  const isImage = volumes.get(textOf(name))?.['image'] != null;
  if (options.length === 0 || !isImage) return errors;
  return [...errors, invalidValue(field, options, 'bindMountOptions may not be used with image volumes')];
}

function deviceErrors(container: Fields, field: string, index: number, volumes: Volumes): FieldError[] {
  const devices = listOf(container['volumeDevices']);
  const mounts = listOf(container['volumeMounts']);
  const [name, path] = [textOf(devices[index]?.['name']), textOf(devices[index]?.['devicePath'])];
  const [atName, atPath] = [`${field}[${index}].name`, `${field}[${index}].devicePath`];
  const clashes = {
    name: mounts.some((mount) => mount['name'] === name),
    path: mounts.some(({ mountPath }) => mountPath === path),
  };
  return [
    ...(name ? [] : [required(atName)]),
    ...(name &&
    isTaken(
      devices.map((device) => textOf(device['name'])),
      index,
    )
      ? [invalidValue(atName, name, 'must be unique')]
      : []),
    ...claimErrors(name, atName, volumes),
    ...(path ? [] : [required(atPath)]),
    ...(isTaken(
      devices.map(({ devicePath }) => textOf(devicePath)),
      index,
    )
      ? [invalidValue(atPath, path, 'must be unique')]
      : []),
    ...backstepErrors(path, atPath).map(() => invalidValue(atPath, path, "can not contain backsteps ('..')")),
    ...(clashes.name ? [invalidValue(atName, name, 'must not already exist in volumeMounts')] : []),
    ...(clashes.path ? [invalidValue(atPath, path, 'must not already exist as a path in volumeMounts')] : []),
  ];
}

function claimErrors(name: string, field: string, volumes: Volumes): FieldError[] {
  const volume = volumes.get(name);
  if (!volume) return [notFoundValue(field, name)];
  if (volume['persistentVolumeClaim'] != null || volume['ephemeral'] != null) return [];
  const detail = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode';
  return [invalidValue(field, name, detail)];
}
