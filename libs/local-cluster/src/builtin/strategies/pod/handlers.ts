import type { FieldError } from '../../../api-error.js';
import { forbiddenField, invalidValue, required } from '../../../schema/field-errors.js';
import { fieldsOf, listOf, numberOf, textOf, type Fields } from '../access.js';
import { choiceErrors, countErrors, portErrors } from '../shared-rules.js';

/** `gracePeriod`: seconds that the Pod has to end. */
type Rule = (handler: Fields, field: string, facts: { readonly gracePeriod: number | undefined }) => FieldError[];

const HTTP_HEADER = /^[-A-Za-z0-9]+$/;
const HEADER_FAULT =
  "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for " +
  "validation is '[-A-Za-z0-9]+')";

const httpErrors: Rule = (http, field) => [
  ...(http['path'] ? [] : [required(`${field}.path`)]),
  ...portErrors(http['port'], `${field}.port`),
  ...choiceErrors(http, field, { scheme: ['HTTP', 'HTTPS'] }),
  ...listOf(http['httpHeaders']).flatMap(({ name }) =>
    HTTP_HEADER.test(textOf(name)) ? [] : [invalidValue(`${field}.httpHeaders`, textOf(name), HEADER_FAULT)],
  ),
];

const sleepErrors: Rule = ({ seconds }, field, { gracePeriod }) => {
  const wait = numberOf(seconds) ?? 0;
  if (gracePeriod === undefined || (wait >= 0 && wait <= gracePeriod)) return [];
  return [
    invalidValue(field, wait, `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`),
  ];
};

/** In the order the real server looks for them. */
const HANDLERS: Readonly<Record<string, Rule>> = {
  exec: ({ command }, field) => (Array.isArray(command) && command.length > 0 ? [] : [required(`${field}.command`)]),
  httpGet: httpErrors,
  tcpSocket: ({ port }, field) => portErrors(port, `${field}.port`),
  grpc: (grpc, field) => [
    ...portErrors(grpc['port'], `${field}.port`),
    ...choiceErrors(grpc, field, { mode: ['Plaintext', 'TLS'] }),
  ],
  sleep: sleepErrors,
};

const handlerErrors: Rule = (handler, field, facts) => {
  const [first, ...others] = Object.keys(HANDLERS).filter((name) => handler[name] != null);
  if (first === undefined) return [required(field, 'must specify a handler type')];
  return [
    ...(HANDLERS[first]?.(fieldsOf(handler[first]), `${field}.${first}`, facts) ?? []),
    ...others.map((name) => forbiddenField(`${field}.${name}`, 'may not specify more than 1 handler type')),
  ];
};

const PROBE_COUNTS = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'];

const probeErrors: Rule = (probe, field, facts) => {
  const errors = [...handlerErrors(probe, field, facts), ...countErrors(probe, field, PROBE_COUNTS)];
  const grace = numberOf(probe['terminationGracePeriodSeconds']);
  const at = `${field}.terminationGracePeriodSeconds`;
  return grace === undefined || grace > 0 ? errors : [...errors, invalidValue(at, grace, 'must be greater than 0')];
};

const onceErrors: Rule = ({ successThreshold }, field) =>
  successThreshold === 1 ? [] : [invalidValue(`${field}.successThreshold`, successThreshold ?? 0, 'must be 1')];

const graceErrors: Rule = ({ terminationGracePeriodSeconds: grace }, field) =>
  grace == null
    ? []
    : [invalidValue(`${field}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes')];

const PROBES: Readonly<Record<string, Rule>> = {
  livenessProbe: onceErrors,
  readinessProbe: graceErrors,
  startupProbe: onceErrors,
};

/** Errors of a container's lifecycle and probes. */
export const watchedErrors: Rule = (container, field, facts) => [
  ...lifecycleErrors(fieldsOf(container['lifecycle']), `${field}.lifecycle`, facts),
  ...Object.entries(PROBES).flatMap(([name, extra]) => {
    if (container[name] == null) return [];
    const probe = fieldsOf(container[name]);
    return [...probeErrors(probe, `${field}.${name}`, facts), ...extra(probe, `${field}.${name}`, facts)];
  }),
];

/** What a container that has to end before the others begin may not have. */
export const unwatchedErrors = (container: Fields, field: string): FieldError[] =>
  ['lifecycle', ...Object.keys(PROBES)]
    .filter((name) => container[name] != null)
    .map((name) =>
      forbiddenField(`${field}.${name}`, 'may not be set for init containers without restartPolicy=Always'),
    );

const lifecycleErrors: Rule = (lifecycle, field, facts) =>
  ['postStart', 'preStop'].flatMap((hook) =>
    lifecycle[hook] == null ? [] : handlerErrors(fieldsOf(lifecycle[hook]), `${field}.${hook}`, facts),
  );
