import { schemaOfField } from './defaults.js';
import { isJsonObject, type JsonObject } from './json.js';
import type { Schema } from './schema.js';

/**
 * Optional fields of built-in kinds that Go keeps in a pointer: an empty text is told there, else it is as absent.
 * A name alone is of every struct; `Struct.field` of one where others hold the same name as a plain value.
 */
const TEXT_POINTERS: ReadonlySet<string> = new Set(
  (
    'appProtocol cachingMode completionMode currentVolumeAttributesClassName endpointsNamespace failedIndexes ' +
    'fsGroupChangePolicy gmsaCredentialSpec gmsaCredentialSpecName holderIdentity hostnameOverride ingressClassName ' +
    'initiatorName internalTrafficPolicy ipFamilyPolicy ipMode loadBalancerClass localhostProfile managedBy mode ' +
    'mountPropagation nodeAffinityPolicy nodeTaintsPolicy pathType podGroupName podReplacementPolicy ' +
    'preemptionPolicy preferredHolder procMount propagationPolicy recursiveReadOnly resourceClaimName ' +
    'resourceClaimTemplateName runAsUserName runtimeClassName scope seLinuxChangePolicy secretNamespace service ' +
    'stopSignal storageClassName strategy stream succeededIndexes supplementalGroupsPolicy timeZone ' +
    'trafficDistribution unhealthyPodEvictionPolicy volumeAttributesClassName volumeMode zone ' +
    'Container.restartPolicy ClusterTrustBundleProjection.name ClusterTrustBundleProjection.signerName ' +
    'CSIVolumeSource.fsType Endpoint.hostname Endpoint.nodeName EndpointAddress.nodeName EndpointPort.name ' +
    'EndpointPort.protocol EphemeralContainer.restartPolicy HostPathVolumeSource.type NetworkPolicyPort.protocol ' +
    'PodDNSConfigOption.value PodFailurePolicyOnExitCodesRequirement.containerName PortStatus.error ' +
    'ResourceHealth.message TypedLocalObjectReference.apiGroup TypedObjectReference.apiGroup ' +
    'TypedObjectReference.namespace Event.reportingComponent Event.reportingInstance'
  ).split(' '),
);

/** The other way round: few flags and numbers are plain values, whose `false` and 0 are as absent. */
const PLAIN_FLAGS: ReadonlySet<string> = new Set(
  (
    'hostIPC hostNetwork hostPID paused publishNotReadyAddresses stdin stdinOnce tty unschedulable ' +
    'NFSVolumeSource.readOnly PersistentVolumeClaimVolumeSource.readOnly VolumeMount.readOnly'
  ).split(' '),
);
const PLAIN_NUMBERS: ReadonlySet<string> = new Set(
  (
    'active availableReplicas count failed failureThreshold fullyLabeledReplicas healthCheckNodePort hostPort ' +
    'initialDelaySeconds minReadySeconds nodePort observedGeneration periodSeconds readyReplicas signal sizeBytes ' +
    'succeeded successThreshold unavailableReplicas updatedReplicas Probe.timeoutSeconds DeploymentStatus.replicas'
  ).split(' '),
);

/** Lists that are told when there is nothing in them. */
const LASTING_LISTS: ReadonlySet<string> = new Set([
  'ClusterRole.rules',
  'EndpointSlice.endpoints',
  'EndpointSlice.ports',
  'Role.rules',
]);

/** Removes from an object of a built-in kind what Go's `omitempty` leaves out, in place. */
export function omitEmpty(schema: Schema, value: unknown): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items) for (const item of value) omitEmpty(items, item);
  } else if (isJsonObject(value)) {
    for (const field of Object.keys(value)) omitField(schema, value, field);
  }
}

function omitField(schema: Schema, value: JsonObject, field: string): void {
  const of = schemaOfField(schema, field);
  if (!of) return;
  const isOptional = schema.properties?.[field] !== undefined && schema.required?.includes(field) !== true;
  if (isOptional && isEmpty(of, value[field], namesOf(schema, field))) delete value[field];
  else omitEmpty(of, value[field]);
}

/** `count`, and where the struct is known `EventSeries.count`. */
function namesOf(schema: Schema, field: string): string[] {
  const struct = schema['x-go-type']?.split('.').at(-1);
  return struct === undefined ? [field] : [field, `${struct}.${field}`];
}

function isEmpty(schema: Schema, value: unknown, names: readonly string[]): boolean {
  const isIn = (fields: ReadonlySet<string>): boolean => names.some((name) => fields.has(name));
  if (value === '') return !isIn(TEXT_POINTERS);
  if (value === false) return isIn(PLAIN_FLAGS);
  if (value === 0) return isIn(PLAIN_NUMBERS);
  if (Array.isArray(value)) return value.length === 0 && !isIn(LASTING_LISTS);
  return isMap(schema) && isJsonObject(value) && Object.keys(value).length === 0;
}

const isMap = ({ additionalProperties, properties }: Schema): boolean =>
  additionalProperties !== undefined && properties === undefined;
