import type { Kind, KubeObject } from '@sympozium/api';
import { keyOf, objectKey } from '@sympozium/controller';
import { isNotFound, type Informer } from '@sympozium/kube';
import type { ControllerContext } from './context.js';
import { MANAGER } from './manager.js';
import { selects, type LabelSelector } from '../../label-selector.js';
import { controllerOf, controllerReference, isControlledBy } from './pod-from-template.js';
import { isDeleted } from './pod.js';

export interface Owner extends KubeObject {
  spec: { selector: LabelSelector };
}

/**
 * Makes owners the controllers of what their selectors select: an object without controller is taken in (`kubectl delete
 * --cascade=orphan` leaves such), and one whose labels were changed is let go.
 */
export class Claims<T extends KubeObject, O extends Owner> {
  readonly #context: ControllerContext;
  readonly #kind: Kind<T>;
  readonly #objects: Informer<T>;
  readonly #ownerKind: Kind<O>;
  readonly #owners: Informer<O>;

  constructor(context: ControllerContext, kind: Kind<T>, ownerKind: Kind<O>) {
    this.#context = context;
    this.#kind = kind;
    this.#objects = context.informers.of(kind);
    this.#ownerKind = ownerKind;
    this.#owners = context.informers.of(ownerKind);
  }

  /** Tells the key of each owner that changed, and of each whose objects, or objects that it may want, did. */
  onChange(changed: (key: string) => void): void {
    const tell = (object: KubeObject): void => changed(keyOf(object));
    const tellOwner = (object: T): void => {
      const owner = controllerOf(object);
      if (!owner) this.#claimantsOf(object).forEach(tell);
      else if (owner.kind === this.#ownerKind.kind) changed(objectKey(object.metadata.namespace ?? '', owner.name));
    };
    this.#owners.onEvent(({ object }) => tell(object));
    this.#objects.onEvent(({ object, old }) => {
      tellOwner(object);
      if (old && controllerOf(old)?.uid !== controllerOf(object)?.uid) tellOwner(old);
    });
  }

  /** What the owner controls from now on; `wrote` is told of each object that was changed for it. */
  async claim(owner: O, wrote: (object: T) => void): Promise<T[]> {
    const { namespace = '', uid = '' } = owner.metadata;
    const { store } = this.#objects;
    const own = store.by('owner', uid).filter((object) => isControlledBy(object, owner));
    if (isDeleted(owner)) return own;
    const matches = ({ metadata }: T): boolean => selects(owner.spec.selector, metadata.labels);
    const kept = own.filter(matches);
    for (const object of own) if (!matches(object)) await this.#release(object, uid, wrote);
    const orphans = store.by('orphan', namespace).filter((object) => !isDeleted(object) && matches(object));
    if (orphans.length === 0 || !(await this.#stands(owner))) return kept;
    const adopted = await Promise.all(orphans.map((object) => this.#adopt(object, owner, wrote)));
    return [...kept, ...adopted.filter((object) => object !== undefined)];
  }

  /** Who may want an object that has no controller. */
  #claimantsOf({ metadata }: T): readonly O[] {
    const { namespace = '', labels } = metadata;
    return this.#owners.store.list(namespace).filter(({ spec }) => selects(spec.selector, labels));
  }

  /** The cache may not know yet that the owner is going, or is another one of the same name. */
  async #stands({ metadata: { namespace = '', name, uid } }: O): Promise<boolean> {
    try {
      const live = await this.#context.client.get(this.#ownerKind, { namespace, name });
      return live.metadata.uid === uid && !isDeleted(live);
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  #adopt(object: T, owner: O, wrote: (object: T) => void): Promise<T | undefined> {
    const references = object.metadata.ownerReferences ?? [];
    return this.#write(object, [...references, controllerReference(this.#ownerKind as Kind, owner)], wrote);
  }

  async #release(object: T, ownerUid: string, wrote: (object: T) => void): Promise<void> {
    const references = object.metadata.ownerReferences ?? [];
    await this.#write(
      object,
      references.filter(({ uid }) => uid !== ownerUid),
      wrote,
    );
  }

  /** Nothing if the object is gone; a conflict is thrown, for the next try to look again. */
  async #write(object: T, ownerReferences: object[], wrote: (object: T) => void): Promise<T | undefined> {
    const { namespace = '', name, uid, resourceVersion } = object.metadata;
    const body = { metadata: { uid, resourceVersion, ownerReferences } };
    try {
      const written = await this.#context.client.patch(
        this.#kind,
        { namespace, name },
        { type: 'merge', body },
        MANAGER,
      );
      wrote(written);
      return written;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}
