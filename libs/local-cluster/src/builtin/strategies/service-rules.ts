import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';
import { labelKeyFaults } from '../../rest/label-rules.js';
import { duplicate, forbiddenField, invalidFor, invalidValue, required } from '../../schema/field-errors.js';
import { fieldsOf, listOf, numberOf, textOf, textsOf, type Fields } from './access.js';
import { inGo } from './go-values.js';
import { cidrErrors, endpointErrors, ipErrors } from './ip-rules.js';
import { labelErrors } from './metadata.js';
import { labelFaults, portFaults, subdomainFaults } from './names.js';
import { choiceErrors, neededChoiceErrors, portErrors } from './shared-rules.js';

const MAX_AFFINITY_SECONDS = 86_400;

export function validateService(service: ApiObject): FieldError[] {
  const spec = fieldsOf(service['spec']);
  const ports = listOf(spec['ports']);
  return [
    ...kindErrors(spec, ports),
    ...ports.flatMap((port, index) => onePortErrors(port, ports, index)),
    ...labelErrors(spec['selector'], 'spec.selector'),
    ...affinityErrors(spec),
    ...externalErrors(textsOf(spec['externalIPs'])),
    ...neededChoiceErrors(spec, 'spec', { type: ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'] }),
    ...(spec['type'] === 'ClusterIP' ? nodePortErrors(ports) : []),
    ...twiceErrors(ports),
    ...balancerErrors(spec),
    ...trafficErrors(spec),
  ];
}

/** What a Service of its type has to say, and may not. */
function kindErrors(spec: Fields, ports: readonly Fields[]): FieldError[] {
  const { type } = spec;
  const [first] = textsOf(spec['clusterIPs']);
  const isHeadless = first === 'None';
  if (type === 'ExternalName') return externalNameErrors(spec);
  const errors = ports.length === 0 && !isHeadless ? [required('spec.ports')] : [];
  if (!isHeadless || (type !== 'LoadBalancer' && type !== 'NodePort')) return errors;
  return [...errors, invalidValue('spec.clusterIPs[0]', first, `may not be set to 'None' for ${type} services`)];
}

function externalNameErrors(spec: Fields): FieldError[] {
  const given = ['clusterIPs', 'ipFamilies', 'ipFamilyPolicy'].filter((name) => spec[name] != null);
  const name = textOf(spec['externalName']).replace(/\.$/, '');
  const field = 'spec.externalName';
  return [
    ...given.map((field) => forbiddenField(`spec.${field}`, 'may not be set for ExternalName services')),
    ...(name === '' ? [required(field)] : invalidFor(field, name, subdomainFaults(name))),
  ];
}

function onePortErrors(port: Fields, ports: readonly Fields[], index: number): FieldError[] {
  const field = `spec.ports[${index}]`;
  const { name, appProtocol, targetPort } = port;
  const number = numberOf(port['port']) ?? 0;
  const isTwice = name && ports.findIndex((other) => other['name'] === name) < index;
  return [
    ...(ports.length > 1 && !name ? [required(`${field}.name`)] : []),
    ...(name ? invalidFor(`${field}.name`, name, labelFaults(textOf(name))) : []),
    ...(isTwice ? [duplicate(`${field}.name`, name)] : []),
    ...invalidFor(`${field}.port`, number, portFaults(number)),
    ...neededChoiceErrors(port, field, { protocol: ['SCTP', 'TCP', 'UDP'] }),
    ...portErrors(targetPort, `${field}.targetPort`),
    ...(appProtocol == null
      ? []
      : invalidFor(`${field}.appProtocol`, appProtocol, labelKeyFaults(textOf(appProtocol)))),
  ];
}

function affinityErrors(spec: Fields): FieldError[] {
  const { sessionAffinity, sessionAffinityConfig } = spec;
  const errors = neededChoiceErrors(spec, 'spec', { sessionAffinity: ['ClientIP', 'None'] });
  if (sessionAffinity !== 'ClientIP') return errors;
  const seconds = numberOf(fieldsOf(fieldsOf(sessionAffinityConfig)['clientIP'])['timeoutSeconds']) ?? 0;
  const field = 'spec.sessionAffinityConfig.clientIP.timeoutSeconds';
  const detail = `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`;
  return seconds > 0 && seconds <= MAX_AFFINITY_SECONDS ? errors : [...errors, invalidValue(field, seconds, detail)];
}

const externalErrors = (addresses: readonly string[]): FieldError[] =>
  addresses.flatMap((address, index) => {
    const field = `spec.externalIPs[${index}]`;
    const errors = ipErrors(address, field);
    return errors.length > 0 ? errors : endpointErrors(address, field);
  });

const nodePortErrors = (ports: readonly Fields[]): FieldError[] =>
  ports.flatMap(({ nodePort }, index) =>
    nodePort ? [forbiddenField(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'")] : [],
  );

const PORT = { name: '', protocol: '', appProtocol: null, port: 0, targetPort: 0, nodePort: 0 } as const;

/** No two ports are one, neither on the nodes nor at the address. */
function twiceErrors(ports: readonly Fields[]): FieldError[] {
  const isTaken = (index: number, name: string): boolean =>
    ports
      .slice(0, index)
      .some((other) => other['protocol'] === ports[index]?.['protocol'] && other[name] === ports[index]?.[name]);
  return [
    ...ports.flatMap(({ nodePort }, index) =>
      nodePort && isTaken(index, 'nodePort') ? [duplicate(`spec.ports[${index}].nodePort`, nodePort)] : [],
    ),
    ...ports.flatMap(({ protocol, port }, index) =>
      isTaken(index, 'port') ? [duplicate(`spec.ports[${index}]`, inGo({ protocol, port }, PORT))] : [],
    ),
  ];
}

const ONLY_BALANCER = "may only be used when `type` is 'LoadBalancer'";

function balancerErrors(spec: Fields): FieldError[] {
  const isBalancer = spec['type'] === 'LoadBalancer';
  const ranges = textsOf(spec['loadBalancerSourceRanges']);
  const field = 'spec.LoadBalancerSourceRanges';
  const { allocateLoadBalancerNodePorts, loadBalancerClass: name } = spec;
  const refuse = (given: boolean, at: string): FieldError[] =>
    given && !isBalancer ? [forbiddenField(at, ONLY_BALANCER)] : [];
  return [
    ...refuse(ranges.length > 0, field),
    ...ranges.flatMap((range, index) => cidrErrors(range.trim(), `${field}[${index}]`)),
    ...refuse(allocateLoadBalancerNodePorts != null, 'spec.allocateLoadBalancerNodePorts'),
    ...refuse(name != null, 'spec.loadBalancerClass'),
    ...(name != null && isBalancer ? invalidFor('spec.loadBalancerClass', name, labelKeyFaults(textOf(name))) : []),
  ];
}

/** Whether a Service is reached from outside. */
export const isReachable = ({ type, externalIPs }: Fields): boolean =>
  type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && textsOf(externalIPs).length > 0);

const TRAFFIC = ['Cluster', 'Local'];

function trafficErrors(spec: Fields): FieldError[] {
  const { type, externalTrafficPolicy: policy, healthCheckNodePort } = spec;
  const hasCheck = type === 'LoadBalancer' && policy === 'Local';
  const detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
  const errors = isReachable(spec) ? neededChoiceErrors(spec, 'spec', { externalTrafficPolicy: TRAFFIC }) : [];
  if (!isReachable(spec) && policy)
    errors.push(
      invalidValue('spec.externalTrafficPolicy', policy, 'may only be set for externally-accessible services'),
    );
  if (!hasCheck && healthCheckNodePort)
    errors.push(invalidValue('spec.healthCheckNodePort', healthCheckNodePort, detail));
  return [
    ...errors,
    ...choiceErrors(spec, 'spec', {
      internalTrafficPolicy: TRAFFIC,
      trafficDistribution: ['PreferClose', 'PreferSameZone', 'PreferSameNode'],
    }),
  ];
}
