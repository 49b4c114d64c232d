/** Something with a life: an informer, a server, a queue's workers. */
export interface Runnable {
  readonly name: string;
  /** Resolves when it is ready to serve. Rejecting stops the process. */
  start(): Promise<void>;
  /** Resolves when its work has drained. Never rejects for having been stopped twice. */
  stop(): Promise<void>;
}
