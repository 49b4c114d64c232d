import { fieldsOf, fill, fillEmpty, hasFields, listOf, textOf, childOf, numberOf, type Fields } from './access.js';
import { canonicalise, canonicaliseField } from './quantities.js';

const VOLUME_MODE = 0o644;

/** Defaults of a Pod's or a template's spec (SetDefaults_PodSpec and what stands below it), in place. */
export function defaultPodSpec(spec: Fields): void {
  if (!spec['serviceAccountName'] && spec['serviceAccount']) spec['serviceAccountName'] = spec['serviceAccount'];
  if (spec['serviceAccountName']) spec['serviceAccount'] = spec['serviceAccountName'];
  fillEmpty(spec, { dnsPolicy: 'ClusterFirst', restartPolicy: 'Always', schedulerName: 'default-scheduler' });
  fill(spec, { securityContext: {}, terminationGracePeriodSeconds: 30 });
  canonicalise(spec['overhead']);
  canonicaliseResources(spec['resources']);
  listOf(spec['volumes']).forEach(defaultVolume);
  for (const container of containersOf(spec)) defaultContainer(container);
  if (spec['hostNetwork'] === true) for (const container of containersOf(spec)) defaultHostPorts(container);
}

/** Defaults that a Pod has and a template has not (SetDefaults_Pod). */
export function defaultPod(spec: Fields): void {
  const grace = numberOf(spec['terminationGracePeriodSeconds']);
  if (grace !== undefined && grace < 0) spec['terminationGracePeriodSeconds'] = 1;
  fill(spec, { enableServiceLinks: true });
  requestPodLimits(spec);
  for (const container of [...listOf(spec['containers']), ...listOf(spec['initContainers'])]) requestLimits(container);
}

/** All containers of a spec, of each sort. */
export const containersOf = (spec: Fields): Fields[] => [
  ...listOf(spec['initContainers']),
  ...listOf(spec['containers']),
  ...listOf(spec['ephemeralContainers']),
];

function canonicaliseResources(resources: unknown): void {
  canonicalise(fieldsOf(resources)['limits']);
  canonicalise(fieldsOf(resources)['requests']);
}

/** What no container asks for by itself, the Pod asks for as a whole. */
function requestPodLimits(spec: Fields): void {
  const resources = fieldsOf(spec['resources']);
  const asked = containersOf(spec).flatMap(({ resources: own }) => Object.keys(fieldsOf(fieldsOf(own)['requests'])));
  const limits = Object.entries(fieldsOf(resources['limits'])).filter(([name]) => !asked.includes(name));
  if (limits.length > 0) fill(childOf(resources, 'requests'), Object.fromEntries(limits));
}

function requestLimits(container: Fields): void {
  const resources = fieldsOf(container['resources']);
  if (!resources['limits']) return;
  fill(childOf(resources, 'requests'), { ...fieldsOf(resources['limits']) });
}

function defaultContainer(container: Fields): void {
  fillEmpty(container, {
    imagePullPolicy: pullPolicyOf(textOf(container['image'])),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  });
  fill(container, { resources: {} });
  canonicaliseResources(container['resources']);
  for (const port of listOf(container['ports'])) fillEmpty(port, { protocol: 'TCP' });
  for (const variable of listOf(container['env'])) defaultFieldRef(fieldsOf(variable['valueFrom']));
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe'])
    if (container[name]) defaultProbe(fieldsOf(container[name]));
  const lifecycle = fieldsOf(container['lifecycle']);
  delete lifecycle['stopSignal']; // not on at the real server
  for (const hook of ['postStart', 'preStop']) defaultHandler(fieldsOf(lifecycle[hook]));
}

/** Always for `latest` and for no tag; a digest without a tag counts as tagged. */
function pullPolicyOf(image: string): 'Always' | 'IfNotPresent' {
  const [name = '', digest] = image.split('@');
  const tag = /:([^/:]+)$/.exec(name)?.[1];
  return tag === 'latest' || (tag === undefined && digest === undefined && image !== '') ? 'Always' : 'IfNotPresent';
}

function defaultFieldRef(source: Fields): void {
  if (source['resourceFieldRef']) {
    const reference = fieldsOf(source['resourceFieldRef']);
    fill(reference, { divisor: '0' });
    canonicaliseField(reference, 'divisor');
  }
  if (source['fieldRef']) fillEmpty(fieldsOf(source['fieldRef']), { apiVersion: 'v1' });
}

function defaultProbe(probe: Fields): void {
  fillEmpty(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
  defaultHandler(probe);
  if (probe['grpc']) fill(fieldsOf(probe['grpc']), { service: '' });
}

function defaultHandler(handler: Fields): void {
  if (handler['httpGet']) fillEmpty(fieldsOf(handler['httpGet']), { path: '/', scheme: 'HTTP' });
}

function defaultHostPorts(container: Fields): void {
  for (const port of listOf(container['ports'])) fillEmpty(port, { hostPort: port['containerPort'] });
}

function defaultVolume(volume: Fields): void {
  if (!Object.entries(volume).some(([name, source]) => name !== 'name' && source !== null)) volume['emptyDir'] = {};
  for (const name of ['secret', 'configMap', 'downwardAPI', 'projected'])
    if (volume[name]) fill(fieldsOf(volume[name]), { defaultMode: VOLUME_MODE });
  if (volume['emptyDir']) canonicaliseField(fieldsOf(volume['emptyDir']), 'sizeLimit');
  if (volume['hostPath']) fill(fieldsOf(volume['hostPath']), { type: '' });
  if (volume['image']) {
    const image = fieldsOf(volume['image']);
    fillEmpty(image, { pullPolicy: pullPolicyOf(textOf(image['reference'])) });
  }
  if (volume['ephemeral']) defaultClaim(fieldsOf(fieldsOf(volume['ephemeral'])['volumeClaimTemplate']));
  listOf(fieldsOf(volume['downwardAPI'])['items']).forEach(defaultFieldRef);
  for (const source of listOf(fieldsOf(volume['projected'])['sources'])) {
    listOf(fieldsOf(source['downwardAPI'])['items']).forEach(defaultFieldRef);
    if (hasFields(source['serviceAccountToken']))
      fill(fieldsOf(source['serviceAccountToken']), { expirationSeconds: 3600 });
  }
}

const defaultClaim = (template: Fields): void => fill(childOf(template, 'spec'), { volumeMode: 'Filesystem' });
