import type { FieldError } from '../../api-error.js';
import { fieldsOf, listOf, numberOf, textOf, type Fields } from './access.js';
import { invalidFor, invalidValue, notFoundValue, notSupported, required } from '../../schema/field-errors.js';
import { portFaults, portNameFaults } from './names.js';
import { countErrors, duplicateErrors, nameErrors } from './shared-rules.js';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'];
const PROBE_COUNTS = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const;

/** Errors of a list of containers of a spec with these volumes. */
export const containerErrors = (
  containers: readonly Fields[],
  field: string,
  volumes: ReadonlySet<string>,
): FieldError[] => [
  ...containers.flatMap((container, index) => oneErrors(container, `${field}[${index}]`, volumes)),
  ...duplicateErrors(containers, field),
];

const oneErrors = (container: Fields, field: string, volumes: ReadonlySet<string>): FieldError[] => [
  ...nameErrors(container, field),
  ...(container['image'] ? [] : [required(`${field}.image`)]),
  ...choice(container, field, { terminationMessagePolicy: MESSAGE_POLICIES }),
  ...portErrors(listOf(container['ports']), `${field}.ports`),
  ...listOf(container['env']).flatMap((variable, index) => envErrors(variable, `${field}.env[${index}]`)),
  ...mountErrors(listOf(container['volumeMounts']), `${field}.volumeMounts`, volumes),
  ...choice(container, field, { imagePullPolicy: PULL_POLICIES }),
  ...PROBES.flatMap((name) => probeErrors(container[name], `${field}.${name}`)),
];

const choice = (object: Fields, field: string, choices: Readonly<Record<string, readonly string[]>>): FieldError[] =>
  Object.entries(choices).flatMap(([name, supported]) =>
    supported.includes(textOf(object[name])) ? [] : [notSupported(`${field}.${name}`, object[name], supported)],
  );

function portErrors(ports: readonly Fields[], field: string): FieldError[] {
  return ports.flatMap((port, index) => {
    const at = `${field}[${index}]`;
    const number = numberOf(port['containerPort']) ?? 0;
    return [
      ...(port['name'] ? invalidFor(`${at}.name`, port['name'], portNameFaults(textOf(port['name']))) : []),
      ...(number === 0 ? [required(`${at}.containerPort`)] : []),
      ...(number === 0 ? [] : invalidFor(`${at}.containerPort`, number, portFaults(number))),
      ...choice(port, at, { protocol: PROTOCOLS }),
    ];
  });
}

function envErrors(variable: Fields, field: string): FieldError[] {
  const errors = variable['name'] ? [] : [required(`${field}.name`)];
  if (variable['valueFrom'] == null) return errors;
  const sources = Object.values(fieldsOf(variable['valueFrom'])).filter((source) => source != null);
  const at = `${field}.valueFrom`;
  if (sources.length === 0)
    return [
      ...errors,
      invalidValue(
        at,
        '',
        'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
      ),
    ];
  if (variable['value']) return [...errors, invalidValue(at, '', 'may not be specified when `value` is not empty')];
  if (sources.length > 1)
    return [...errors, invalidValue(at, '', 'may not have more than one field specified at a time')];
  return errors;
}

function mountErrors(mounts: readonly Fields[], field: string, volumes: ReadonlySet<string>): FieldError[] {
  return mounts.flatMap(({ name, mountPath }, index) => {
    const at = `${field}[${index}]`;
    const isTwice = mountPath && mounts.findIndex((mount) => mount['mountPath'] === mountPath) < index;
    return [
      ...(name ? [] : [required(`${at}.name`)]),
      ...(volumes.has(textOf(name)) ? [] : [notFoundValue(`${at}.name`, textOf(name))]),
      ...(mountPath ? [] : [required(`${at}.mountPath`)]),
      ...(isTwice ? [invalidValue(`${at}.mountPath`, mountPath, 'must be unique')] : []),
    ];
  });
}

function probeErrors(probe: unknown, field: string): FieldError[] {
  if (probe == null) return [];
  const fields = fieldsOf(probe);
  const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'].filter((name) => fields[name] != null);
  return [
    ...(handlers.length === 0 ? [required(field, 'must specify a handler type')] : []),
    ...countErrors(fields, field, PROBE_COUNTS),
  ];
}
