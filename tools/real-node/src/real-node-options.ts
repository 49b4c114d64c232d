import type { User } from '@sympozium/kube-assets';
import type { NodeAssets } from './node-assets.js';

/** What a node is started with. */
export interface RealNodeOptions {
  /** Made if it is not there; one of a former node is emptied. */
  readonly folder: string;
  /** Of `ensureNodeAssets()`. */
  readonly assets: NodeAssets;
  /** Archives whose images Pods can run from the start. */
  readonly images?: readonly string[];
  /** Who else may speak to the API server. */
  readonly users?: readonly User[];
  readonly onProgress?: (line: string) => void;
  /** Gives the start up. */
  readonly signal?: AbortSignal;
}
