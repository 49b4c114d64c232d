/** Names in a run's Pod, part of the agent protocol (docs/agent-protocol.md). */
export const POD = {
  agentContainer: 'agent',
  volume: 'sympozium',
  mountPath: '/run/sympozium',
  inputFile: 'input.json',
  tokenFile: 'token',
} as const;

/** Environment of an agent container. */
export const AGENT_ENV = {
  run: 'SYMPOZIUM_RUN',
  /** The Pod's uid: tells a retry from the first try. */
  attempt: 'SYMPOZIUM_ATTEMPT',
  input: 'SYMPOZIUM_INPUT',
  /** The termination message's path. */
  result: 'SYMPOZIUM_RESULT',
  /** Bytes that the termination message may have. */
  resultBytes: 'SYMPOZIUM_RESULT_BYTES',
  streamUrl: 'SYMPOZIUM_STREAM_URL',
  tokenFile: 'SYMPOZIUM_TOKEN_FILE',
  /** The provider's key, from the instance's Secret. */
  modelKey: 'SYMPOZIUM_MODEL_KEY',
} as const;

/** Environment that the reference agent reads beside the protocol's; apps/agent-runner/README.md. */
export const REFERENCE_AGENT_ENV = {
  /** Milliseconds between the words of provider `echo`. */
  echoPaceMs: 'SYMPOZIUM_ECHO_PACE_MS',
} as const;

/** Audience of the token with which a run's agent opens its stream; useless for any other run. */
export const streamAudience = (runUid: string): string => `sympozium-run/${runUid}`;

/** Sizes in bytes; the reasons stand in docs/agent-protocol.md. */
export const LIMIT = {
  /** Input that travels as a Pod annotation; above it an owned ConfigMap. */
  annotationInput: 200 * 1024,
  /** Input as the server stores it; above it the run is refused. */
  input: 1024 * 1024,
  /** Termination message of one container, encoded. */
  terminationMessage: 4096,
  /** Termination messages of all containers of a Pod together. */
  terminationMessagesPerPod: 12_288,
  /** Result text inside the termination message. */
  envelopeResult: 3 * 1024,
  /** Result text inline in status; above it the ConfigMap `<run>-result`. */
  inlineResult: 32 * 1024,
  /** The largest result that is kept. */
  result: 1024 * 1024,
} as const;

/** Entry of the ConfigMap `<run>-result` (binaryData) that holds the answer's UTF-8 bytes. */
export const RESULT_ENTRY = 'result';
