/** What keeps a Pod from starting until somebody changes something; it is tried again meanwhile. */
export class StartObstacle extends Error {
  override readonly name = 'StartObstacle';
  /** The waiting containers' reason, one of those that a kubelet gives. */
  readonly reason: 'CreateContainerConfigError' | 'ErrImageNeverPull';
  /** The container that cannot start; absent when it is the Pod as a whole. */
  readonly container: string | undefined;

  constructor(message: string, options: { reason?: StartObstacle['reason']; container?: string } = {}) {
    super(message);
    this.reason = options.reason ?? 'CreateContainerConfigError';
    this.container = options.container;
  }
}
