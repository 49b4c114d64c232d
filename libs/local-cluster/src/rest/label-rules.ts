const KEY = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const SUBDOMAIN = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const WHOLE_KEY = new RegExp(`^${KEY}$`);
const WHOLE_VALUE = new RegExp(`^(${KEY})?$`);
const WHOLE_SUBDOMAIN = new RegExp(`^${SUBDOMAIN}$`);
const MAX_BYTES = 63;
const MAX_SUBDOMAIN_BYTES = 253;

const KEY_FAULT =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
  `(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${KEY}')`;
const VALUE_FAULT =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and " +
  "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is " +
  `'(${KEY})?')`;
const SUBDOMAIN_FAULT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and " +
  `end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`;

const tooLong = (bytes: number): string => `must be no more than ${bytes} bytes`;

/** What is wrong with a label's key, in the words of k8s.io/apimachinery/pkg/api/validate/content. */
export function labelKeyFaults(key: string): string[] {
  const parts = key.split('/');
  if (parts.length > 2)
    return [`a valid label key ${KEY_FAULT} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? parts[0] : undefined;
  const faults = prefix === undefined ? [] : prefixFaults(prefix).map((fault) => `prefix part ${fault}`);
  if (name === '') faults.push('name part must be non-empty');
  else if (Buffer.byteLength(name) > MAX_BYTES) faults.push(`name part ${tooLong(MAX_BYTES)}`);
  if (!WHOLE_KEY.test(name)) faults.push(`name part ${KEY_FAULT}`);
  return faults;
}

/** The same for a label's value. */
export function labelValueFaults(value: string): string[] {
  const faults = Buffer.byteLength(value) > MAX_BYTES ? [tooLong(MAX_BYTES)] : [];
  return WHOLE_VALUE.test(value) ? faults : [...faults, VALUE_FAULT];
}

function prefixFaults(prefix: string): string[] {
  if (prefix === '') return ['must be non-empty'];
  const faults = Buffer.byteLength(prefix) > MAX_SUBDOMAIN_BYTES ? [tooLong(MAX_SUBDOMAIN_BYTES)] : [];
  return WHOLE_SUBDOMAIN.test(prefix) ? faults : [...faults, SUBDOMAIN_FAULT];
}
