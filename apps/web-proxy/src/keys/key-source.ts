import type { Runnable } from '@sympozium/process';
import type { KeyRing } from './key-ring.js';

/** Where the API keys come from; it follows changes while it runs. */
export interface KeySource extends Runnable {
  /** The keys as they are now. */
  readonly ring: KeyRing;
}
