import type { ApiObject } from '../../../api-object.js';
import type { FieldError } from '../../../api-error.js';
import { labelKeyFaults } from '../../../rest/label-rules.js';
import {
  duplicate,
  forbiddenField,
  invalidFor,
  invalidValue,
  notFoundValue,
  notSupported,
} from '../../../schema/field-errors.js';
import { fieldsOf, listOf, numberOf, textOf, type Fields } from '../access.js';
import { annotationErrors, labelErrors } from '../metadata.js';
import { subdomainFaults } from '../names.js';
import { between, choiceErrors, countErrors, MAX_INT32, neededChoiceErrors } from '../shared-rules.js';
import { affinityErrors } from './affinity.js';
import { containerErrors, initContainerErrors, networkErrors, paddingErrors, type SpecFacts } from './containers.js';
import { aliasErrors, dnsErrors, hostErrors, overrideErrors } from './pod-network.js';
import { podResourceErrors, resourceErrors } from './resources.js';
import { podContextErrors } from './security-context.js';
import { spreadErrors } from './spread.js';
import { tolerationErrors } from './tolerations.js';
import { volumeErrors } from './volumes.js';

const SYSTEMS = ['linux', 'windows'];

export function validatePod(pod: ApiObject): FieldError[] {
  const spec = fieldsOf(pod['spec']);
  return [
    ...podAnnotationErrors(pod),
    ...podSpecErrors(spec, 'spec', true),
    ...countErrors(spec, 'spec', ['terminationGracePeriodSeconds']),
    ...paddingErrors(listOf(spec['containers']), 'spec.containers'),
    ...paddingErrors(listOf(spec['initContainers']), 'spec.initContainers'),
  ];
}

const MIRROR = 'kubernetes.io/config.mirror';
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

function podAnnotationErrors({ metadata, spec }: ApiObject): FieldError[] {
  const { [MIRROR]: mirror, [DELETION_COST]: cost } = metadata.annotations ?? {};
  const at = (key: string): string => `metadata.annotations[${key}]`;
  const isUnbound = mirror !== undefined && !fieldsOf(spec)['nodeName'];
  const isCost = cost === undefined || (/^(0|[+-]?[1-9]\d*)$/.test(cost) && Number(cost) === (Number(cost) | 0));
  return [
    ...(isUnbound ? [invalidValue(at(MIRROR), mirror, 'must set spec.nodeName if mirror pod annotation is set')] : []),
    ...(isCost ? [] : [invalidValue(at(DELETION_COST), cost, 'must be a 32bit integer')]),
  ];
}

/** Nobody makes a Pod with containers that come later, by a road of their own. */
export const validatePodCreate = (pod: ApiObject): FieldError[] =>
  listOf(fieldsOf(pod['spec'])['ephemeralContainers']).length === 0
    ? []
    : [forbiddenField('spec.ephemeralContainers', 'cannot be set on create')];

/** Errors of a template's metadata and spec. */
export function templateErrors(template: Fields, field: string): FieldError[] {
  const { labels, annotations } = fieldsOf(template['metadata']);
  return [
    ...labelErrors(labels, `${field}.labels`),
    ...annotationErrors(annotations, `${field}.annotations`),
    ...podSpecErrors(fieldsOf(template['spec']), `${field}.spec`, false),
  ];
}

function podSpecErrors(spec: Fields, field: string, isPod: boolean): FieldError[] {
  const { errors, good } = volumeErrors(listOf(spec['volumes']), `${field}.volumes`);
  const facts: SpecFacts = {
    volumes: good,
    claims: listOf(spec['resourceClaims']).map(({ name }) => textOf(name)),
    restartPolicy: textOf(spec['restartPolicy']),
    hostUsers: spec['hostUsers'] !== false,
    gracePeriod: numberOf(spec['terminationGracePeriodSeconds']),
  };
  return [
    ...errors,
    ...containerErrors(listOf(spec['containers']), `${field}.containers`, facts),
    ...initContainerErrors(spec, `${field}.initContainers`, facts),
    ...podResourceErrors(fieldsOf(spec['resources']), `${field}.resources`),
    ...networkErrors(spec, field, isPod),
    ...wayErrors(spec, field),
    ...placeErrors(spec, field),
    ...nameErrors(spec, field),
    ...lateErrors(spec, field),
  ];
}

/** How the Pod runs. */
const wayErrors = (spec: Fields, field: string): FieldError[] => [
  ...neededChoiceErrors(spec, field, {
    restartPolicy: ['Always', 'OnFailure', 'Never'],
    dnsPolicy: ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'],
  }),
  ...labelErrors(spec['nodeSelector'], `${field}.nodeSelector`),
  ...podContextErrors(spec, `${field}.securityContext`),
  ...(spec['hostPID'] === true && spec['shareProcessNamespace'] === true
    ? [invalidValue(`${field}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled')]
    : []),
];

/** Where it runs, and how it is reached. */
const placeErrors = (spec: Fields, field: string): FieldError[] => [
  ...affinityErrors(fieldsOf(spec['affinity']), `${field}.affinity`),
  ...dnsErrors(spec, `${field}.dnsConfig`),
  ...listOf(spec['readinessGates']).flatMap(({ conditionType }, index) =>
    invalidFor(`${field}.readinessGates[${index}].conditionType`, conditionType, qualifiedFaults(conditionType)),
  ),
  ...gateErrors(listOf(spec['schedulingGates']), `${field}.schedulingGates`),
  ...spreadErrors(listOf(spec['topologySpreadConstraints']), `${field}.topologySpreadConstraints`),
  ...(spec['hostUsers'] === false ? hostErrorsOf(spec, field) : []),
  ...overrideErrors(spec, field),
];

/** Who shares the node's users not, shares nothing else of it; the errors name the fields as the real server does. */
const hostErrorsOf = (spec: Fields, field: string): FieldError[] =>
  Object.entries({ hostNetwork: 'hostNetwork', hostPID: 'HostPID', hostIPC: 'HostIPC' }).flatMap(([name, shown]) =>
    spec[name] === true ? [forbiddenField(`${field}.${shown}`, 'when `hostUsers` is false')] : [],
  );

const qualifiedFaults = (name: unknown): string[] => labelKeyFaults(textOf(name));

const gateErrors = (gates: readonly Fields[], field: string): FieldError[] =>
  gates.flatMap(({ name }, index) => [
    ...invalidFor(`${field}[${index}]`, name, qualifiedFaults(name)),
    ...(gates.findIndex((gate) => gate['name'] === name) < index ? [duplicate(`${field}[${index}]`, name)] : []),
  ]);

/** Whom and what it names. */
const nameErrors = (spec: Fields, field: string): FieldError[] => [
  ...['serviceAccountName', 'nodeName'].flatMap((name) => objectNameErrors(spec[name], `${field}.${name}`)),
  ...deadlineErrors(spec, field),
  ...hostErrors(spec, field),
  ...tolerationErrors(listOf(spec['tolerations']), `${field}.tolerations`),
  ...aliasErrors(spec, `${field}.hostAliases`),
  ...['priorityClassName', 'runtimeClassName'].flatMap((name) => objectNameErrors(spec[name], `${field}.${name}`)),
  ...choiceErrors(spec, field, { preemptionPolicy: ['PreemptLowerPriority', 'Never'] }),
];

const objectNameErrors = (name: unknown, field: string): FieldError[] =>
  name ? invalidFor(field, name, subdomainFaults(textOf(name))) : [];

function deadlineErrors(spec: Fields, field: string): FieldError[] {
  const seconds = numberOf(spec['activeDeadlineSeconds']);
  if (seconds === undefined || (seconds >= 1 && seconds <= MAX_INT32)) return [];
  return [invalidValue(`${field}.activeDeadlineSeconds`, seconds, between(1, MAX_INT32))];
}

const lateErrors = (spec: Fields, field: string): FieldError[] => [
  ...(spec['overhead'] == null ? [] : resourceErrors({ limits: spec['overhead'] }, `${field}.overhead`, [])),
  ...systemErrors(spec, `${field}.os`),
  ...variableFileErrors(spec, field),
];

function systemErrors({ os }: Fields, field: string): FieldError[] {
  if (os == null) return [];
  const { name } = fieldsOf(os);
  return SYSTEMS.includes(textOf(name)) ? [] : [notSupported(field, textOf(name), SYSTEMS)];
}

/** A variable's file lies where containers may write. */
function variableFileErrors(spec: Fields, field: string): FieldError[] {
  const volumes = new Map(listOf(spec['volumes']).map((volume) => [textOf(volume['name']), volume]));
  return ['initContainers', 'containers'].flatMap((list) =>
    listOf(spec[list]).flatMap(({ env }, index) =>
      listOf(env).flatMap(({ valueFrom }, at) => {
        const { fileKeyRef } = fieldsOf(valueFrom);
        if (fileKeyRef == null) return [];
        const name = textOf(fieldsOf(fileKeyRef)['volumeName']);
        const path = `${field}.${list}[${index}].env[${at}].valueFrom.fileKeyRef.volumeName`;
        const volume = volumes.get(name);
        if (!volume) return [notFoundValue(path, name)];
        const isEmptyDir = volume['emptyDir'] != null;
        return isEmptyDir ? [] : [invalidValue(path, name, 'referenced volume must be of type emptyDir')];
      }),
    ),
  );
}
