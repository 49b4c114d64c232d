import type { KubeObject, OwnerReference } from '@sympozium/api';
import { OwnWrites } from '@sympozium/controller';
import { isNewer, isNotFound, KubeError, type Informer } from '@sympozium/kube';
import type { ControllerContext } from './context.js';
import { MANAGER } from './manager.js';
import { podFromTemplate } from './pod-from-template.js';
import { isDeleted, POD, type Pod, type PodTemplate } from './pod.js';

/** What an informer tells of how far it is; of any kind. */
type Seeing = Pick<Informer<never>, 'resourceVersion'>;

/** Whether an informer has seen a version, or a later one. */
export const hasSeen = (informer: Seeing, { metadata }: KubeObject): boolean =>
  informer.resourceVersion !== undefined && !isNewer(metadata.resourceVersion ?? '', informer.resourceVersion);

/** Creates and deletes the Pods of a controller's objects, tells of it in Events, and waits for its own writes. */
export class OwnPods {
  readonly #context: ControllerContext;
  readonly #component: string;
  readonly #pods: Informer<Pod>;
  readonly #writes = new OwnWrites();

  constructor(context: ControllerContext, component: string) {
    this.#context = context;
    this.#component = component;
    this.#pods = context.informers.of(POD);
  }

  /** Whether the caches contain what was written for the key. */
  settled(key: string): boolean {
    return this.#writes.settled(key);
  }

  /** Notes any write for the key, whose outcome an informer will show. */
  wrote(key: string, informer: Seeing, object: KubeObject): void {
    this.#writes.record(key, () => hasSeen(informer, object));
  }

  /** Throws what the API refuses with; in a namespace that is going, nothing more is wanted. */
  async create(key: string, owner: KubeObject, reference: OwnerReference, template: PodTemplate): Promise<void> {
    const { client, events } = this.#context;
    try {
      const pod = await client.create<Pod>(POD, podFromTemplate(template, owner, reference), MANAGER);
      this.wrote(key, this.#pods, pod);
      events.record(owner, this.#component, {
        type: 'Normal',
        reason: 'SuccessfulCreate',
        message: `Created pod: ${pod.metadata.name}`,
      });
    } catch (error) {
      if (isTerminatingNamespace(error)) return;
      const message = `Error creating: ${error instanceof Error ? error.message : String(error)}`;
      events.record(owner, this.#component, { type: 'Warning', reason: 'FailedCreate', message });
      throw error;
    }
  }

  /** A Pod that is gone already counts as deleted. */
  async delete(key: string, owner: KubeObject, pod: Pod): Promise<void> {
    const { client, events } = this.#context;
    const { namespace = '', name, uid = '' } = pod.metadata;
    try {
      await client.delete(POD, { namespace, name }, { uid });
    } catch (error) {
      if (isNotFound(error)) return;
      const message = `Error deleting: ${error instanceof Error ? error.message : String(error)}`;
      events.record(owner, this.#component, { type: 'Warning', reason: 'FailedDelete', message });
      throw error;
    }
    this.#writes.record(key, () => {
      const seen = this.#pods.store.get(namespace, name);
      return !seen || seen.metadata.uid !== uid || isDeleted(seen);
    });
    events.record(owner, this.#component, {
      type: 'Normal',
      reason: 'SuccessfulDelete',
      message: `Deleted pod: ${name}`,
    });
  }
}

const isTerminatingNamespace = (error: unknown): boolean =>
  error instanceof KubeError && error.status === 403 && error.message.includes('because it is being terminated');
