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

/** Ports of a server: its HTTP API, the run stream for agents, metrics and probes. */
export const SERVER_PORT = { http: 8080, stream: 8081, metrics: 9090 } as const;

/** Environment of a server sidecar (docs/plugins/skill-packs.md); the names win over the pack's own. */
export const SERVER_ENV = {
  instance: 'SYMPOZIUM_INSTANCE',
  namespace: 'SYMPOZIUM_NAMESPACE',
  podIp: 'POD_IP',
  /** Folder of the API keys, one file each. */
  keysDir: 'SYMPOZIUM_KEYS_DIR',
  /** The Secret that the folder shows; a server may watch it. */
  keysSecret: 'SYMPOZIUM_KEYS_SECRET',
  /** Folder of the ServiceAccount's token and certificate authority. */
  serviceAccountDir: 'SYMPOZIUM_SERVICEACCOUNT_DIR',
} as const;

/** Where a server sidecar finds these folders. */
export const SERVER_PATH = {
  keys: '/run/sympozium/keys',
  serviceAccount: '/var/run/secrets/kubernetes.io/serviceaccount',
} as const;

/** Entries of the key Secret that the operator writes; a user may add others. */
export const KEY_ENTRY = {
  /** The key as it is, `sk-…`. */
  current: 'api-key',
  /** After a rotation: JSON `{key, expires}`, `expires` RFC 3339. It counts as the same key. */
  previous: 'api-key-previous',
} as const;
