import type { User } from '../auth/auth.js';
import type { ApiObject } from '../api-object.js';
import type { Resource } from '../resources/resource.js';

/** A request for something that is no plain verb on a stored object. */
export interface HandlerRequest {
  readonly resource: Resource;
  readonly namespace?: string;
  /** Absent for a resource that is only created, such as a TokenReview. */
  readonly name?: string;
  /** Decoded JSON; what it says of itself has not been looked at. */
  readonly body: unknown;
  readonly user: User;
  readonly dryRun: boolean;
  /** Who owns what the body says; absent within the process. */
  readonly fieldManager?: string;
  readonly warn: (text: string) => void;
}

/** Does what is asked and resolves to what is answered, or rejects with `ApiError`. */
export type Handler = (request: HandlerRequest) => Promise<ApiObject | object>;

/**
 * By `<group>/<plural>/<subresource>` (`/pods/binding`, `/serviceaccounts/token`), or by `<group>/<plural>` for kinds
 * that are created and stored nowhere (`authentication.k8s.io/tokenreviews`).
 */
export type Handlers = ReadonlyMap<string, Handler>;

/** The answer to what is done and leaves nothing to show. */
export const DONE = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };

export const handlerKey = ({ group, plural }: Resource, subresource?: string): string =>
  subresource === undefined ? `${group}/${plural}` : `${group}/${plural}/${subresource}`;
