import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';
import { forbiddenField, invalidFor, invalidValue, notSupported, required } from '../../schema/field-errors.js';
import { fieldsOf, listOf, numberOf, textOf, textsOf, type Fields } from './access.js';
import { cidrErrors } from './ip-rules.js';
import { portFaults, portNameFaults } from './names.js';
import { choiceErrors, selectorErrors } from './shared-rules.js';

const TYPES = ['Ingress', 'Egress'];

export function validateNetworkPolicy(policy: ApiObject): FieldError[] {
  const spec = fieldsOf(policy['spec']);
  const types = textsOf(spec['policyTypes']);
  const errors = [
    ...selectorErrors(spec['podSelector'], 'spec.podSelector'),
    ...rulesErrors(listOf(spec['ingress']), 'spec.ingress', 'from'),
    ...rulesErrors(listOf(spec['egress']), 'spec.egress', 'to'),
  ];
  const field = 'spec.policyTypes';
  if (types.length > TYPES.length)
    return [...errors, invalidValue(field, types, 'may not specify more than two policyTypes')];
  const unknown = types.flatMap((type, index) =>
    TYPES.includes(type) ? [] : [notSupported(`${field}[${index}]`, type, TYPES)],
  );
  return [...errors, ...unknown];
}

const rulesErrors = (rules: readonly Fields[], field: string, peers: 'from' | 'to'): FieldError[] =>
  rules.flatMap((rule, index) => [
    ...listOf(rule['ports']).flatMap((port, at) => portErrors(port, `${field}[${index}].ports[${at}]`)),
    ...listOf(rule[peers]).flatMap((peer, at) => peerErrors(peer, `${field}[${index}].${peers}[${at}]`)),
  ]);

function portErrors(policyPort: Fields, field: string): FieldError[] {
  const { port, endPort } = policyPort;
  const end = numberOf(endPort);
  const at = `${field}.endPort`;
  const refuse = (detail: string): FieldError[] => (end === undefined ? [] : [invalidValue(at, end, detail)]);
  const errors = choiceErrors(policyPort, field, { protocol: ['TCP', 'UDP', 'SCTP'] });
  if (port == null) return [...errors, ...refuse('may not be specified when `port` is not specified')];
  if (typeof port === 'string')
    return [
      ...errors,
      ...refuse('may not be specified when `port` is non-numeric'),
      ...invalidFor(`${field}.port`, port, portNameFaults(port)),
    ];
  const number = numberOf(port) ?? 0;
  return [
    ...errors,
    ...invalidFor(`${field}.port`, number, portFaults(number)),
    ...(end !== undefined && end < number ? refuse('must be greater than or equal to `port`') : []),
    ...(end === undefined ? [] : invalidFor(at, end, portFaults(end))),
  ];
}

function peerErrors({ podSelector, namespaceSelector, ipBlock }: Fields, field: string): FieldError[] {
  const hasSelector = podSelector != null || namespaceSelector != null;
  const errors = [
    ...selectorErrors(podSelector, `${field}.podSelector`),
    ...selectorErrors(namespaceSelector, `${field}.namespaceSelector`),
    ...(ipBlock == null ? [] : blockErrors(fieldsOf(ipBlock), `${field}.ipBlock`)),
  ];
  if (!hasSelector && ipBlock == null) return [...errors, required(field, 'must specify a peer')];
  return hasSelector && ipBlock != null
    ? [...errors, forbiddenField(field, 'may not specify both ipBlock and another peer')]
    : errors;
}

function blockErrors({ cidr, except }: Fields, field: string): FieldError[] {
  if (!cidr) return [required(`${field}.cidr`)];
  const errors = cidrErrors(textOf(cidr), `${field}.cidr`);
  if (errors.length > 0) return errors;
  return textsOf(except).flatMap((range, index) => {
    const at = `${field}.except[${index}]`;
    const unreadable = cidrErrors(range, at);
    if (unreadable.length > 0 || isWithin(range, textOf(cidr))) return unreadable;
    return [invalidValue(at, range, 'must be a strict subset of `cidr`')];
  });
}

/** Whether a range is a part of another, and not the whole; of IPv6 only the lengths are compared. */
function isWithin(range: string, whole: string): boolean {
  const [address = '', bits = ''] = range.split('/');
  const [base = '', most = ''] = whole.split('/');
  if (Number(bits) <= Number(most)) return false;
  if (base.includes(':') || address.includes(':')) return base.includes(':') === address.includes(':');
  const numberOfAddress = (text: string): number => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(most));
  return Math.floor(numberOfAddress(address) / size) === Math.floor(numberOfAddress(base) / size);
}
