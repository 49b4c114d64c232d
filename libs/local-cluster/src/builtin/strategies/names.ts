const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const WHOLE_LABEL = new RegExp(`^${LABEL}$`);
const WHOLE_SUBDOMAIN = new RegExp(`^${SUBDOMAIN}$`);
const CONFIG_KEY = /^[-._a-zA-Z0-9]+$/;
const PORT_NAME = /^[-a-z0-9]+$/;

const LABEL_FAULT =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with " +
  `an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`;
const SUBDOMAIN_FAULT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and " +
  `end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`;

/** The real server counts bytes, whatever it calls them. */
export const tooManyBytes = (value: string, limit: number): string[] =>
  Buffer.byteLength(value) > limit ? [`must be no more than ${limit} characters`] : [];

/** What is wrong with a DNS label; empty: nothing. */
export function labelFaults(value: string): string[] {
  const faults = tooManyBytes(value, 63);
  if (WHOLE_LABEL.test(value)) return faults;
  return [...faults, WHOLE_SUBDOMAIN.test(value) ? 'must not contain dots' : LABEL_FAULT];
}

export const subdomainFaults = (value: string): string[] => [
  ...tooManyBytes(value, 253),
  ...(WHOLE_SUBDOMAIN.test(value) ? [] : [SUBDOMAIN_FAULT]),
];

const SEARCH = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const WHOLE_SEARCH = new RegExp(`^${SEARCH}(\\.${SEARCH})*$`);

/** A subdomain that may have underscores, as where names are looked for. */
export const searchFaults = (value: string): string[] => [
  ...tooManyBytes(value, 253),
  ...(WHOLE_SEARCH.test(value)
    ? []
    : [
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must " +
          "start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
          `'${SEARCH}(\\.${SEARCH})*')`,
      ]),
];

/** RBAC names stand in a path and are else free. */
export function pathSegmentFaults(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  return ['/', '%']
    .filter((character) => value.includes(character))
    .map((character) => `may not contain '${character}'`);
}

/** A key of a ConfigMap or Secret: a file's name. */
export function configKeyFaults(value: string): string[] {
  const faults = tooManyBytes(value, 253);
  if (!CONFIG_KEY.test(value))
    faults.push(
      "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  " +
        "or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
    );
  if (value === '.') return [...faults, "must not be '.'"];
  if (value === '..') return [...faults, "must not be '..'"];
  return value.startsWith('..') ? [...faults, "must not start with '..'"] : faults;
}

export function portNameFaults(value: string): string[] {
  const faults = value.length > 15 ? ['must be no more than 15 characters'] : [];
  if (!PORT_NAME.test(value)) faults.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(value)) faults.push('must contain at least one letter (a-z)');
  if (value.includes('--')) faults.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) faults.push('must not begin or end with a hyphen');
  return faults;
}

export const portFaults = (port: number): string[] =>
  Number.isInteger(port) && port >= 1 && port <= 65_535 ? [] : ['must be between 1 and 65535, inclusive'];
