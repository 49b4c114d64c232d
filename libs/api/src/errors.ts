/** Where a code is seen: a condition's or status' reason, an HTTP error, a plugin refused at start, a command's exit. */
export type ErrorSurface = 'condition' | 'http' | 'plugin' | 'cli';

export interface ErrorRow {
  readonly surface: readonly ErrorSurface[];
  /** HTTP status, where the code is seen over HTTP. */
  readonly status?: number;
  /** OpenAI's error type, where the code is seen over HTTP. */
  readonly type?: string;
  /** What happened, one sentence. */
  readonly meaning: string;
  /** What the reader can do about it, one sentence. */
  readonly action: string;
}

const row = <const R extends ErrorRow>(r: R): R => r;

/** Every reason, HTTP code and plugin error. docs/errors.md is generated from it. */
export const ERRORS = {
  // Why a run does not start, or did not end well.
  InstanceNotFound: row({
    surface: ['condition', 'http', 'cli'],
    status: 404,
    type: 'invalid_request_error',
    meaning: 'The SympoziumInstance that the run names does not exist in its namespace.',
    action: 'Create the instance, or correct spec.instanceRef.name; a waiting run goes on by itself.',
  }),
  SkillPackNotFound: row({
    surface: ['condition'],
    meaning: 'A skill of the run or of its instance names a SkillPack that does not exist.',
    action: 'Install the SkillPack, or correct the reference; a waiting run goes on by itself.',
  }),
  ModeUnknown: row({
    surface: ['condition'],
    meaning: 'No plugin of this operator serves the run’s mode.',
    action: 'Use task, or install the plugin that serves the mode.',
  }),
  InvalidParams: row({
    surface: ['condition'],
    meaning: 'spec.params is not what the mode plugin accepts.',
    action: 'Correct the field that the message names.',
  }),
  InputTooLarge: row({
    surface: ['condition'],
    meaning: 'The conversation with prompt and skills is larger than 1 MiB.',
    action: 'Send fewer or shorter messages.',
  }),
  PluginError: row({
    surface: ['condition'],
    meaning: 'The mode plugin threw an error.',
    action: 'Report it to the plugin’s author; the operator’s log has the stack.',
  }),
  ApplyFailed: row({
    surface: ['condition'],
    meaning: 'The API server refused an object that the run needs.',
    action: 'Read the message; it is the API server’s own. The operator tries again.',
  }),
  NameConflict: row({
    surface: ['condition'],
    meaning: 'An object that the run needs exists already and belongs to somebody else.',
    action: 'Delete or rename that object, or give the run another name.',
  }),
  StartTimeout: row({
    surface: ['condition'],
    meaning: 'The run did not start before its timeout.',
    action: 'Remove the cause that the message names, or raise spec.timeout.',
  }),
  Unschedulable: row({
    surface: ['condition'],
    meaning: 'No node can take the run’s Pod.',
    action: 'Add a node, or lower the requests or the constraints in spec.podTemplate.',
  }),
  ImagePullFailed: row({
    surface: ['condition'],
    meaning: 'The agent’s image cannot be pulled.',
    action: 'Correct the image’s name, or give imagePullSecrets.',
  }),
  ContainerConfigError: row({
    surface: ['condition'],
    meaning: 'The agent’s container cannot be made from its configuration, such as a Secret that does not exist.',
    action: 'Create what the message names, or correct the instance.',
  }),
  ContainerStartFailed: row({
    surface: ['condition'],
    meaning: 'The agent’s command cannot be started.',
    action: 'Correct the instance’s agent.command or image.',
  }),
  AgentFailed: row({
    surface: ['condition', 'http'],
    status: 502,
    type: 'server_error',
    meaning: 'The agent ended without a valid result, or reported an error.',
    action: 'Read the message and `kubectl logs`; correct the agent or its input.',
  }),
  ModelError: row({
    surface: ['condition', 'http'],
    status: 502,
    type: 'server_error',
    meaning: 'The model’s provider answered with an error or broke off.',
    action: 'Check the instance’s model, baseURL and authSecretRef.',
  }),
  ModelAuthFailed: row({
    surface: ['condition', 'http'],
    status: 502,
    type: 'server_error',
    meaning: 'The model’s provider refused the key.',
    action: 'Correct the Secret that the instance’s model.authSecretRef names.',
  }),
  DeadlineExceeded: row({
    surface: ['condition', 'http'],
    status: 504,
    type: 'server_error',
    meaning: 'The run did not end within its timeout.',
    action: 'Raise spec.timeout, or give the agent less to do.',
  }),
  Cancelled: row({
    surface: ['condition', 'http'],
    status: 499,
    type: 'server_error',
    meaning: 'The run was cancelled.',
    action: 'Start it again if it is still wanted.',
  }),
  JobLost: row({
    surface: ['condition', 'http'],
    status: 502,
    type: 'server_error',
    meaning: 'The run’s Job vanished before its result was seen; a task never runs twice.',
    action: 'Start a new run.',
  }),
  Disrupted: row({
    surface: ['condition', 'http'],
    status: 502,
    type: 'server_error',
    meaning: 'The run’s Pod was evicted, preempted or drained.',
    action: 'Start a new run, or set spec.retry.limit.',
  }),
  ResultLost: row({
    surface: ['condition', 'http'],
    status: 502,
    type: 'server_error',
    meaning: 'The agent ended well, but its result could not be read completely from the Pod’s log.',
    action: 'Start a new run; if it happens again, look at the node’s log rotation.',
  }),
  ResultTooLarge: row({
    surface: ['condition', 'http'],
    status: 502,
    type: 'server_error',
    meaning: 'The agent’s result is larger than 1 MiB.',
    action: 'Let the agent write large results elsewhere and answer with a reference.',
  }),
  StreamBroken: row({
    surface: ['http'],
    status: 502,
    type: 'server_error',
    meaning: 'A second attempt of the run began after part of the first one’s answer was sent.',
    action: 'Start a new run.',
  }),
  RunDeleted: row({
    surface: ['http', 'cli'],
    status: 502,
    type: 'server_error',
    meaning: 'The run was deleted before it ended.',
    action: 'Start a new run.',
  }),
  // The web proxy's own answers; types and codes are OpenAI's.
  invalid_request: row({
    surface: ['http'],
    status: 400,
    type: 'invalid_request_error',
    meaning: 'The request is not what the route accepts.',
    action: 'Correct the field that `param` names.',
  }),
  unsupported_parameter: row({
    surface: ['http'],
    status: 400,
    type: 'invalid_request_error',
    meaning: 'The request asks for something that cannot be honoured.',
    action: 'Leave out the field that `param` names.',
  }),
  invalid_api_key: row({
    surface: ['http', 'cli'],
    status: 401,
    type: 'invalid_request_error',
    meaning: 'The API key is missing or wrong.',
    action: 'Send `Authorization: Bearer <key>` with a key of this endpoint.',
  }),
  model_not_found: row({
    surface: ['http'],
    status: 404,
    type: 'invalid_request_error',
    meaning: 'There is no such model, or the key may not call it.',
    action: 'Use an id that GET /v1/models lists.',
  }),
  not_found: row({
    surface: ['http'],
    status: 404,
    type: 'invalid_request_error',
    meaning: 'There is no such route.',
    action: 'See GET /openapi.json or the README.',
  }),
  method_not_allowed: row({
    surface: ['http'],
    status: 405,
    type: 'invalid_request_error',
    meaning: 'The route does not take this method.',
    action: 'Use a method that the header Allow names.',
  }),
  request_timeout: row({
    surface: ['http'],
    status: 408,
    type: 'invalid_request_error',
    meaning: 'The request did not arrive in time.',
    action: 'Send it again, faster.',
  }),
  idempotency_conflict: row({
    surface: ['http'],
    status: 409,
    type: 'invalid_request_error',
    meaning: 'The Idempotency-Key was used before with another body.',
    action: 'Use a new key for a new request.',
  }),
  request_too_large: row({
    surface: ['http'],
    status: 413,
    type: 'invalid_request_error',
    meaning: 'The request’s body is larger than the limit.',
    action: 'Send a smaller body.',
  }),
  unsupported_media_type: row({
    surface: ['http'],
    status: 415,
    type: 'invalid_request_error',
    meaning: 'The body is not JSON.',
    action: 'Send `content-type: application/json`.',
  }),
  headers_too_large: row({
    surface: ['http'],
    status: 431,
    type: 'invalid_request_error',
    meaning: 'The request’s headers are larger than the limit.',
    action: 'Send fewer or shorter headers.',
  }),
  run_input_too_large: row({
    surface: ['http'],
    status: 413,
    type: 'invalid_request_error',
    meaning: 'The conversation, as the API server stores it, is larger than 1 MiB.',
    action: 'Send fewer or shorter messages.',
  }),
  rate_limit_exceeded: row({
    surface: ['http'],
    status: 429,
    type: 'requests',
    meaning: 'The key has used up its requests or its concurrency.',
    action: 'Wait as long as Retry-After says.',
  }),
  run_failed: row({
    surface: ['http'],
    status: 502,
    type: 'server_error',
    meaning: 'The run failed; the message says why.',
    action: 'Remove the cause and send the request again.',
  }),
  overloaded: row({
    surface: ['http'],
    status: 503,
    type: 'server_error',
    meaning: 'The proxy has as many requests in flight as it takes, or is stopping.',
    action: 'Wait as long as Retry-After says.',
  }),
  api_unavailable: row({
    surface: ['http', 'cli'],
    status: 503,
    type: 'server_error',
    meaning: 'The Kubernetes API server cannot be reached or refused the call.',
    action: 'Check that it runs, and the kubeconfig.',
  }),
  internal_error: row({
    surface: ['http'],
    status: 500,
    type: 'server_error',
    meaning: 'A fault of the proxy itself.',
    action: 'Report it with the x-request-id.',
  }),
  // Plugins refused at start.
  PLUGIN_MODE_TAKEN: row({
    surface: ['plugin'],
    meaning: 'Two plugins have the same name.',
    action: 'Remove one of them from plugins.yaml.',
  }),
  PLUGIN_BASE_MISSING: row({
    surface: ['plugin'],
    meaning: 'A plugin extends a mode that no plugin serves.',
    action: 'Add the plugin for that mode.',
  }),
  PLUGIN_CONTRACT_MISMATCH: row({
    surface: ['plugin'],
    meaning: 'A plugin was made for another version of the contract.',
    action: 'Install a version of the plugin for this contract.',
  }),
  PLUGIN_CONFIG_INVALID: row({
    surface: ['plugin'],
    meaning: 'A plugin’s config is not what its schema accepts.',
    action: 'Correct the field that the message names.',
  }),
  PLUGIN_KIND_FORBIDDEN: row({
    surface: ['plugin', 'condition'],
    meaning: 'A plugin wants an object of a kind that it does not own.',
    action: 'Report it to the plugin’s author.',
  }),
  // Commands and settings.
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
  PORT_IN_USE: row({
    surface: ['cli'],
    meaning: 'Another process listens on the port.',
    action: 'Stop it, or choose another port.',
  }),
  KUBE_ASSETS_MISSING: row({
    surface: ['cli'],
    meaning: 'The Kubernetes control plane’s binaries are not here and cannot be built.',
    action: 'Install Go 1.26 or newer, or set KUBEBUILDER_ASSETS.',
  }),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

/** An error with a code of the table; `message` says what is wrong in this case and what to do next. */
export class SympoziumError extends Error {
  override readonly name = 'SympoziumError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
