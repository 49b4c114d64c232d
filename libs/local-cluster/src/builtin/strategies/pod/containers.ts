import type { FieldError } from '../../../api-error.js';
import { duplicate, invalidFor, invalidValue, notSupported, required, tooMany } from '../../../schema/field-errors.js';
import { fieldsOf, listOf, numberOf, textOf, type Fields } from '../access.js';
import { portFaults, portNameFaults } from '../names.js';
import { nameErrors, neededChoiceErrors } from '../shared-rules.js';
import { envErrors, envFromErrors } from './environment.js';
import { unwatchedErrors, watchedErrors } from './handlers.js';
import { mountErrors } from './mounts.js';
import { resourceErrors } from './resources.js';
import { contextErrors } from './security-context.js';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const RESTART_POLICIES = ['Always', 'Never', 'OnFailure'];
const MAX_RULES = 20;

/** What the rules of containers have to know of the Pod's spec. */
export interface SpecFacts {
  readonly gracePeriod: number | undefined;
  readonly volumes: ReadonlyMap<string, Fields>;
  readonly claims: readonly string[];
  readonly restartPolicy: string;
  readonly hostUsers: boolean;
}

/** Errors of the containers that run side by side. */
export function containerErrors(containers: readonly Fields[], field: string, facts: SpecFacts): FieldError[] {
  if (containers.length === 0) return [required(field)];
  const names = containers.map(({ name }) => textOf(name));
  return [
    ...containers.flatMap((container, index) => {
      const at = `${field}[${index}]`;
      return [
        ...commonErrors(container, at, facts),
        ...(names.indexOf(names[index] ?? '') < index ? [duplicate(`${at}.name`, names[index])] : []),
        ...watchedErrors(container, at, facts),
        ...restartErrors(container, at),
      ];
    }),
    ...hostPortErrors(
      containers.map((container, index) => [container, index]),
      field,
    ),
  ];
}

/** Errors of the containers that run before: one after another, but for those that go on. */
export function initContainerErrors(spec: Fields, field: string, facts: SpecFacts): FieldError[] {
  const containers = listOf(spec['initContainers']);
  const names = listOf(spec['containers']).map(({ name }) => textOf(name));
  return containers.flatMap((container, index) => {
    const at = `${field}[${index}]`;
    const name = textOf(container['name']);
    const isTwice = names.includes(name);
    if (name) names.push(name);
    const goesOn = container['restartPolicy'] === 'Always';
    return [
      ...commonErrors(container, at, facts),
      ...restartErrors(container, at),
      ...(isTwice ? [duplicate(`${at}.name`, name)] : []),
      ...hostPortErrors([[container, 0]], field),
      ...(goesOn ? watchedErrors(container, at, facts) : unwatchedErrors(container, at)),
    ];
  });
}

/** What a Pod's containers may not, though a template's may. */
export const paddingErrors = (containers: readonly Fields[], field: string): FieldError[] =>
  containers.flatMap(({ image }, index) => {
    const detail = 'must not have leading or trailing whitespace';
    return textOf(image).trim() === textOf(image) ? [] : [invalidValue(`${field}[${index}].image`, image, detail)];
  });

const commonErrors = (container: Fields, field: string, facts: SpecFacts): FieldError[] => [
  ...nameErrors(container, field),
  ...(container['image'] ? [] : [required(`${field}.image`)]),
  ...neededChoiceErrors(container, field, { terminationMessagePolicy: MESSAGE_POLICIES }),
  ...containerPortErrors(listOf(container['ports']), `${field}.ports`),
  ...listOf(container['env']).flatMap((variable, index) => envErrors(variable, `${field}.env[${index}]`)),
  ...listOf(container['envFrom']).flatMap((source, index) => envFromErrors(source, `${field}.envFrom`, index)),
  ...mountErrors(container, field, facts.volumes),
  ...neededChoiceErrors(container, field, { imagePullPolicy: PULL_POLICIES }),
  ...resourceErrors(fieldsOf(container['resources']), `${field}.resources`, facts.claims),
  ...resizeErrors(listOf(container['resizePolicy']), `${field}.resizePolicy`, facts.restartPolicy),
  ...contextErrors(fieldsOf(container['securityContext']), `${field}.securityContext`, facts.hostUsers),
];

function containerPortErrors(ports: readonly Fields[], field: string): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, index) => {
    const at = `${field}[${index}]`;
    const number = numberOf(port['containerPort']) ?? 0;
    const host = numberOf(port['hostPort']) ?? 0;
    return [
      ...portNameErrors(textOf(port['name']), `${at}.name`, names),
      ...(number === 0
        ? [required(`${at}.containerPort`)]
        : invalidFor(`${at}.containerPort`, number, portFaults(number))),
      ...(host === 0 ? [] : invalidFor(`${at}.hostPort`, host, portFaults(host))),
      ...neededChoiceErrors(port, at, { protocol: PROTOCOLS }),
    ];
  });
}

function portNameErrors(name: string, field: string, names: Set<string>): FieldError[] {
  if (name === '') return [];
  const faults = portNameFaults(name);
  if (faults.length > 0) return invalidFor(field, name, faults);
  if (names.has(name)) return [duplicate(field, name)];
  names.add(name);
  return [];
}

/** No two containers that run at a time have one port of the node. */
function hostPortErrors(containers: readonly (readonly [Fields, number])[], field: string): FieldError[] {
  const taken = new Set<string>();
  return containers.flatMap(([container, index]) =>
    listOf(container['ports']).flatMap(({ protocol, hostIP, hostPort }, at) => {
      if (!hostPort) return [];
      const port = `${textOf(protocol)}/${textOf(hostIP)}/${String(hostPort)}`;
      const isTwice = taken.has(port);
      taken.add(port);
      return isTwice ? [duplicate(`${field}[${index}].ports[${at}].hostPort`, port)] : [];
    }),
  );
}

function resizeErrors(policies: readonly Fields[], field: string, restartPolicy: string): FieldError[] {
  const names = policies.map(({ resourceName }) => textOf(resourceName));
  return policies.flatMap(({ resourceName, restartPolicy: restart }, index) => [
    ...(names.indexOf(textOf(resourceName)) < index ? [duplicate(`${field}[${index}]`, resourceName)] : []),
    ...oneOf(resourceName, field, ['cpu', 'memory']),
    ...oneOf(restart, field, ['NotRequired', 'RestartContainer']),
    ...(restartPolicy === 'Never' && restart !== 'NotRequired'
      ? [invalidValue(field, restart, "must be 'NotRequired' when pod `restartPolicy` is 'Never'")]
      : []),
  ]);
}

function oneOf(value: unknown, field: string, supported: readonly string[]): FieldError[] {
  if (!value) return [required(field)];
  return supported.includes(textOf(value)) ? [] : [notSupported(field, value, supported)];
}

function restartErrors({ restartPolicy, restartPolicyRules }: Fields, field: string): FieldError[] {
  const rules = listOf(restartPolicyRules);
  const at = `${field}.restartPolicyRules`;
  return [
    ...(restartPolicy == null && rules.length > 0
      ? [required(`${field}.restartPolicy`, 'must specify restartPolicy when restart rules are used')]
      : []),
    ...(restartPolicy == null ? [] : oneOf(restartPolicy, `${field}.restartPolicy`, RESTART_POLICIES)),
    ...(rules.length > MAX_RULES ? [tooMany(at, rules.length, MAX_RULES)] : []),
    ...rules.flatMap((rule, index) => ruleErrors(rule, `${at}[${index}]`)),
  ];
}

const ACTIONS = ['Restart', 'RestartAllContainers'];

function ruleErrors({ action, exitCodes }: Fields, field: string): FieldError[] {
  const isKnown = ACTIONS.includes(textOf(action));
  const errors = isKnown ? [] : [notSupported(`${field}.action`, action, ACTIONS)];
  if (exitCodes == null) return [...errors, required(`${field}.exitCodes`, 'must be specified')];
  const { operator } = fieldsOf(exitCodes);
  const operators = ['In', 'NotIn'];
  if (!operators.includes(textOf(operator)))
    errors.push(notSupported(`${field}.exitCodes.operator`, operator, operators));
  return errors;
}

/** A Pod on its node's network has its ports there, under their own numbers. */
export function networkErrors(spec: Fields, field: string, isPod: boolean): FieldError[] {
  if (spec['hostNetwork'] !== true) return [];
  const detail = 'must match `containerPort` when `hostNetwork` is true';
  return listOf(spec['containers']).flatMap((container, index) =>
    listOf(container['ports']).flatMap(({ hostPort, containerPort }, at) => {
      const host = numberOf(hostPort) ?? 0;
      const isFine = host === containerPort || (host === 0 && !isPod);
      return isFine ? [] : [invalidValue(`${field}.containers[${index}].ports[${at}].hostPort`, host, detail)];
    }),
  );
}
