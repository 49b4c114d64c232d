import type { Clock, Random } from '@sympozium/process';
import { alreadyExists, ApiError, notFound } from '../api-error.js';
import type { ApiObject, ObjectName } from '../api-object.js';
import { serverSideApply, trackUpdate } from '../apply/index.js';
import { clone } from '../clone.js';
import type { Resource } from '../resources/resource.js';
import type { Decision, RevisionStore } from '../storage/revision-store.js';
import { decode, groupVersion, ofKind, withDefaults } from './decode.js';
import { checkPreconditions, endsDeletion, planDeletion, type Deletion } from './deletion.js';
import { listObjects } from './listing.js';
import { fillSystemFields, generatedName, newUid, requireName, settleNamespace } from './new-object.js';
import type {
  Admission,
  ApiWatchEvent,
  DeleteParameters,
  ListParameters,
  ObjectApi,
  ObjectList,
  PatchRequest,
  WatchParameters,
  WriteParameters,
} from './object-api.js';
import { patchedBy, scaled } from './proposals.js';
import { scaleOf } from './scale.js';
import { keyOf } from './store-key.js';
import { nowOf } from './times.js';
import { checkVersion, isSame, keepUntouchables, raiseGeneration } from './update-rules.js';
import { requireValid, requireValidUpdate } from './validation.js';
import { watchObjects } from './watching.js';

export interface ObjectApiOptions {
  readonly store: RevisionStore;
  readonly admission: Admission;
  readonly clock: Clock;
  readonly random: Random;
}

interface Written {
  readonly object: ApiObject;
  readonly created: boolean;
}

interface Target {
  readonly resource: Resource;
  readonly name: ObjectName;
}

/** What a write makes of the newest object, before the rules for every write. */
type Proposal = (live: ApiObject) => ApiObject;

const GENERATED_NAME_TRIES = 8;

/** The verbs over a store. Writes decide synchronously on the newest state, so none is ever tried again. */
export const createObjectApi = (options: ObjectApiOptions): ObjectApi => new Objects(options);

class Objects implements ObjectApi {
  readonly #store: RevisionStore;
  readonly #admission: Admission;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor({ store, admission, clock, random }: ObjectApiOptions) {
    this.#store = store;
    this.#admission = admission;
    this.#clock = clock;
    this.#random = random;
  }

  get(resource: Resource, name: ObjectName, subresource?: 'status' | 'scale'): ApiObject {
    const object = this.#store.get(keyOf(resource, name));
    if (!object) throw notFound(resource, name.name);
    return answer(resource, object, subresource);
  }

  list(resource: Resource, parameters: ListParameters): ObjectList {
    return listObjects(this.#store, resource, parameters);
  }

  watch(resource: Resource, parameters: WatchParameters, onEvent: (event: ApiWatchEvent) => void): () => void {
    return watchObjects(this.#store, resource, parameters, onEvent);
  }

  async create(
    resource: Resource,
    namespace: string | undefined,
    body: unknown,
    parameters: WriteParameters,
  ): Promise<ApiObject> {
    const decoded = decode(resource, body, parameters);
    settleNamespace(resource, namespace, decoded);
    const { name, generateName } = decoded.metadata;
    if (name) return this.#createNamed(resource, decoded, parameters);
    for (let tries = 1; ; tries++) {
      const object = clone(decoded);
      if (generateName) object.metadata.name = generatedName(this.#random, generateName);
      try {
        return await this.#createNamed(resource, object, parameters);
      } catch (error) {
        if (!isTaken(error) || tries === GENERATED_NAME_TRIES) throw error;
      }
    }
  }

  async #createNamed(resource: Resource, decoded: ApiObject, parameters: WriteParameters): Promise<ApiObject> {
    if (decoded.metadata.resourceVersion)
      throw new ApiError(500, 'InternalError', 'resourceVersion should not be set on objects to be created');
    const key = keyOf(resource, decoded.metadata);
    const { object } = await this.#decide(key, parameters, (live) => {
      const object = this.#newObject(resource, this.#tracked(resource, undefined, decoded, parameters), parameters);
      if (live) throw alreadyExists(resource, decoded.metadata.name);
      return { action: 'store', object };
    });
    return object;
  }

  async update(resource: Resource, name: ObjectName, body: unknown, parameters: WriteParameters): Promise<Written> {
    const { scale } = resource.subresources;
    if (parameters.subresource === 'scale' && scale)
      return this.#write({ resource, name }, parameters, (live) =>
        this.#tracked(resource, live, scaled(live, body, scale), parameters),
      );
    const proposed = decode(resource, body, parameters);
    requireName(proposed, name.name, name.namespace);
    if (name.namespace !== undefined) proposed.metadata.namespace = name.namespace;
    return this.#write(
      { resource, name },
      parameters,
      (live) => this.#tracked(resource, live, proposed, parameters),
      resource.strategy.allowCreateOnUpdate
        ? () => this.#tracked(resource, undefined, proposed, parameters)
        : undefined,
    );
  }

  async patch(
    resource: Resource,
    name: ObjectName,
    patch: PatchRequest,
    parameters: WriteParameters,
  ): Promise<Written> {
    if (patch.type === 'apply') return this.#apply(resource, name, patch, parameters);
    const { scale } = resource.subresources;
    return this.#write({ resource, name }, parameters, (live) => {
      if (parameters.subresource === 'scale' && scale) {
        const patched = patchedBy(resource, scaleOf(live, scale), patch);
        return this.#tracked(resource, live, scaled(live, patched, scale), parameters);
      }
      const proposed = decode(resource, patchedBy(resource, live, patch), parameters);
      requireName(proposed, name.name, name.namespace);
      return this.#tracked(resource, live, proposed, parameters);
    });
  }

  async delete(
    resource: Resource,
    name: ObjectName,
    options: DeleteParameters,
    parameters: WriteParameters,
  ): Promise<{ object: ApiObject; gone: boolean }> {
    const key = keyOf(resource, name);
    let gone = false;
    const { object } = await this.#decide(key, parameters, (live) => {
      if (!live) throw notFound(resource, name.name);
      const deletion = this.#deletionOf(resource, clone(live), options);
      this.#admit('DELETE', resource, { object: undefined, old: live }, parameters);
      gone = deletion.step === 'remove';
      if (deletion.step === 'mark') return isSame(live, deletion.object) ? KEEP : store(deletion.object);
      return deletion.step === 'remove' ? { action: 'remove', object: live } : KEEP;
    });
    return { object, gone };
  }

  #deletionOf(resource: Resource, object: ApiObject, options: DeleteParameters): Deletion {
    const { markForDeletion } = resource.strategy;
    if (!markForDeletion) return planDeletion(resource, object, options, this.#clock.now());
    checkPreconditions(resource, object, options);
    if (object.metadata.deletionTimestamp !== undefined) return { step: 'pending' };
    markForDeletion(object, this.#context);
    return { step: 'mark', object };
  }

  async deleteCollection(
    resource: Resource,
    selection: ListParameters,
    options: DeleteParameters,
    parameters: WriteParameters,
  ): Promise<ObjectList> {
    const list = this.list(resource, selection);
    const deletions = list.items.map(({ metadata }) =>
      this.delete(resource, metadata, options, parameters).catch((error: unknown) => {
        if (!(error instanceof ApiError) || error.code !== 404) throw error;
      }),
    );
    await Promise.all(deletions);
    return list;
  }

  async writeRaw(resource: Resource, name: ObjectName, change: (object: ApiObject) => ApiObject): Promise<ApiObject> {
    const { object } = await this.#decide(keyOf(resource, name), { dryRun: false }, (live) => {
      if (!live) throw notFound(resource, name.name);
      const next = change(clone(live));
      if (endsDeletion(live, next) && resource.kind !== 'Namespace') return { action: 'remove', object: next };
      return isSame(live, next) ? KEEP : store(next);
    });
    return object;
  }

  async #apply(
    resource: Resource,
    name: ObjectName,
    { body, force }: Extract<PatchRequest, { type: 'apply' }>,
    parameters: WriteParameters,
  ): Promise<Written> {
    const applied = ofKind(resource, body);
    decode(resource, body, parameters); // for unknown fields; its defaults are not what the manager applies
    requireName(applied, name.name, name.namespace);
    if (name.namespace !== undefined) applied.metadata.namespace = name.namespace;
    const { fieldManager: manager, subresource } = parameters;
    const { schema, group, version, kind } = resource;
    const merged = (live: ApiObject | undefined): ApiObject =>
      withDefaults(
        resource,
        clone(
          serverSideApply({
            schema,
            group,
            version,
            kind,
            applied,
            manager,
            force,
            now: nowOf(this.#clock),
            ...(live && { live }),
            ...(subresource && { subresource }),
          }),
        ),
      );
    return this.#write({ resource, name }, parameters, merged, subresource ? undefined : () => merged(undefined));
  }

  /** One write on what is there; `absent` makes the object where nothing is. */
  async #write(
    { resource, name }: Target,
    parameters: WriteParameters,
    propose: Proposal,
    absent?: () => ApiObject,
  ): Promise<Written> {
    let created = false;
    const { object } = await this.#decide(keyOf(resource, name), parameters, (live) => {
      created = live === undefined;
      if (live) return this.#updated(resource, live, propose(live), parameters);
      if (!absent) throw notFound(resource, name.name);
      return { action: 'store', object: this.#newObject(resource, absent(), parameters) };
    });
    return { object: answer(resource, object, parameters.subresource), created };
  }

  #updated(resource: Resource, live: ApiObject, proposed: ApiObject, parameters: WriteParameters): Decision {
    const { strategy } = resource;
    const { subresource } = parameters;
    this.#admit('UPDATE', resource, { object: proposed, old: live }, parameters);
    checkVersion(resource, live, proposed);
    const next = keepUntouchables(resource, live, proposed, subresource);
    if (subresource !== 'status') strategy.prepareForUpdate?.(next, live, this.#context);
    raiseGeneration(resource, live, next);
    requireValidUpdate(resource, next, live, subresource);
    strategy.warnings?.(next, live).forEach(parameters.warn);
    if (endsDeletion(live, next)) return { action: 'remove', object: live };
    return isSame(live, next) ? KEEP : store(next);
  }

  #newObject(resource: Resource, object: ApiObject, parameters: WriteParameters): ApiObject {
    this.#admit('CREATE', resource, { object, old: undefined }, parameters);
    fillSystemFields(object, { uid: newUid(this.#random), now: nowOf(this.#clock) });
    if (resource.subresources.status && resource.custom) {
      delete object['status'];
      withDefaults(resource, object);
    }
    if (resource.strategy.hasGeneration !== false) object.metadata.generation = 1;
    else delete object.metadata.generation;
    resource.strategy.prepareForCreate?.(object, this.#context);
    requireValid(resource, object);
    resource.strategy.warnings?.(object).forEach(parameters.warn);
    return object;
  }

  get #context(): { clock: Clock; random: Random } {
    return { clock: this.#clock, random: this.#random };
  }

  #tracked(
    resource: Resource,
    live: ApiObject | undefined,
    proposed: ApiObject,
    { fieldManager: manager, subresource }: WriteParameters,
  ): ApiObject {
    return clone(
      trackUpdate({
        schema: resource.schema,
        apiVersion: groupVersion(resource),
        proposed,
        manager,
        now: nowOf(this.#clock),
        ...(live && { live }),
        ...(subresource && { subresource }),
      }),
    );
  }

  #admit(
    operation: 'CREATE' | 'UPDATE' | 'DELETE',
    resource: Resource,
    { object, old }: { object: ApiObject | undefined; old: ApiObject | undefined },
    { user, dryRun, warn, subresource }: WriteParameters,
  ): void {
    const name = (object ?? old)?.metadata ?? { name: '' };
    this.#admission.admit({
      operation,
      resource,
      name,
      object,
      old,
      user,
      dryRun,
      warn,
      ...(subresource && { subresource }),
    });
  }

  /** The object that a decision leaves; a dry run decides and leaves everything as it is. */
  async #decide(
    key: string,
    { dryRun }: Pick<WriteParameters, 'dryRun'>,
    decide: (live: ApiObject | undefined) => Decision,
  ): Promise<{ object: ApiObject }> {
    let proposed: ApiObject | undefined;
    const stored = await this.#store.update(key, (live) => {
      const decision = decide(live);
      proposed = decision.action === 'keep' ? live : (decision.object ?? live);
      return dryRun ? { action: 'keep' } : decision;
    });
    const object = dryRun ? proposed : stored;
    if (!object) throw new ApiError(500, 'InternalError', `${key} was decided to be nothing`);
    return { object };
  }
}

const KEEP: Decision = { action: 'keep' };
const store = (object: ApiObject): Decision => ({ action: 'store', object });

const isTaken = (error: unknown): boolean => error instanceof ApiError && error.reason === 'AlreadyExists';

/** What is stored, as the request's version and subresource show it. */
function answer(resource: Resource, object: ApiObject, subresource: 'status' | 'scale' | undefined): ApiObject {
  const { scale } = resource.subresources;
  if (subresource === 'scale' && scale) return scaleOf(object, scale);
  const apiVersion = groupVersion(resource);
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}
