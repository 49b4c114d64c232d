import { row, type ErrorRow } from './error-row.js';

/** What keeps a command or an app from starting. */
export const COMMAND_ERRORS = {
  SETTING_INVALID: row({
    surface: ['cli'],
    meaning: 'A setting has a value that is not allowed.',
    action: 'Correct the variable or flag that the message names.',
  }),
  USAGE: row({
    surface: ['cli'],
    meaning: 'The command was called with wrong arguments.',
    action: 'See the command’s --help.',
  }),
  RUN_NOT_FOUND: row({
    surface: ['cli'],
    meaning: 'There is no such run in the namespace.',
    action: 'List the runs with `sympozium get runs`.',
  }),
  ENDPOINT_NOT_READY: row({
    surface: ['cli'],
    meaning: 'The instance is not served, or not yet.',
    action: 'Do what the message says, or wait with `sympozium endpoint INSTANCE --wait`.',
  }),
  ENDPOINT_UNREACHABLE: row({
    surface: ['cli'],
    meaning: 'The endpoint does not answer at its address.',
    action: 'Check the address; without a gateway, `sympozium port-forward INSTANCE` leads to it.',
  }),
  KEY_NOT_FOUND: row({
    surface: ['cli'],
    meaning: 'The Secret has no such API key, or none that may call the instance.',
    action: 'List the keys with `sympozium key list INSTANCE`, and choose one with --key.',
  }),
  KEY_NOT_GENERATED: row({
    surface: ['cli'],
    meaning: 'The API keys are in a Secret of the user’s own, which the operator never writes.',
    action: 'Change the Secret that spec.endpoint.authSecretRef names.',
  }),
  KEY_NOT_ROTATED: row({
    surface: ['cli'],
    meaning: 'The operator has not made the new API key in time.',
    action: 'Check that the operator runs; it makes the key when it does.',
  }),
  PORT_IN_USE: row({
    surface: ['cli'],
    meaning: 'Another process listens on the port.',
    action: 'Stop it, or choose another port.',
  }),
  PROCESS_ENDED: row({
    surface: ['cli'],
    meaning: 'A process of the local system did not start, or ended by itself.',
    action: 'Read its log, which the message names.',
  }),
  STATE_IN_USE: row({
    surface: ['cli'],
    meaning: 'Another process uses the state of the local system.',
    action: 'Stop it, or take another folder with --data-dir.',
  }),
  STATE_UNUSABLE: row({
    surface: ['cli'],
    meaning: 'The state of the local system cannot be read: it is broken, or of another version.',
    action: 'Start with --fresh to forget it, or with the version of Sympozium that wrote it.',
  }),
  LEADERSHIP_LOST: row({
    surface: ['cli'],
    meaning: 'The operator could not renew its Lease, or another one took it; it ended, so that one leads.',
    action: 'Nothing, if it starts again by itself; if it recurs, see whether the API server answers in time.',
  }),
  DRAIN_INCOMPLETE: row({
    surface: ['cli'],
    meaning: 'The drain did not come to its end in time, and the operator is stopped.',
    action:
      'Remove what the message names, or wait longer (drain.timeoutSeconds, and Helm’s --timeout); then uninstall again.',
  }),
  KUBE_ASSETS_MISSING: row({
    surface: ['cli'],
    meaning: 'The Kubernetes control plane’s binaries are not here and cannot be built.',
    action: 'Install Go 1.26 or newer, or set KUBEBUILDER_ASSETS.',
  }),
} as const satisfies Record<string, ErrorRow>;
