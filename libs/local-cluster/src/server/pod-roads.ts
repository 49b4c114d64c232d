import type { ObjectName } from '../api-object.js';
import type { Exchange } from './exchange.js';

/** What of a Pod is on its node and not in the store. */
export interface PodRoads {
  /** Answers with a container's log, or rejects with `ApiError` before it has begun to. */
  log(exchange: Exchange, pod: ObjectName): Promise<void>;
}
