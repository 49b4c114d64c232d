import type { Clock, Random } from '@sympozium/process';
import { alreadyExists, ApiError, badRequest, notFound } from '../api-error.js';
import type { ApiObject, ObjectName } from '../api-object.js';
import { trackUpdate } from '../apply/index.js';
import { uuidOf } from '../uuid.js';
import { clone } from '../clone.js';
import type { Resource } from '../resources/resource.js';
import type { Decision, RevisionStore } from '../storage/revision-store.js';
import { appliedTo } from './applied.js';
import { decode, decodePatched, groupVersion, withDefaults } from './decode.js';
import { checkPreconditions, endsDeletion, orphanWarning, planDeletion, type Deletion } from './deletion.js';
import { listObjects } from './listing.js';
import { fillSystemFields, generatedName, requireName, settleNamespace, wipeSystemFields } from './new-object.js';
import type {
  Admission,
  AdmissionRequest,
  ApiWatchEvent,
  DeleteParameters,
  ListParameters,
  ObjectApi,
  ObjectList,
  PatchRequest,
  WatchParameters,
  WriteParameters,
} from './object-api.js';
import { dedupOwners } from './owner-references.js';
import { patchedBy, shownOf } from './proposals.js';
import { patchedScale, scaled, scaleOf, withScalers } from './scale.js';
import { keyOf } from './store-key.js';
import { nowOf } from './times.js';
import { checkUid, checkVersion, isSame, keepUntouchables, raiseGeneration } from './update-rules.js';
import { requireValid, requireValidUpdate } from './validation.js';
import { atVersionOf } from './versions.js';
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

/** What is asked for, and how. */
interface Asked {
  readonly verb: AdmissionRequest['verb'];
  readonly resource: Resource;
  readonly parameters: WriteParameters;
}

/** One write: what it makes of the newest object, before the rules for every write. */
interface Write extends Asked {
  readonly name: ObjectName;
  readonly propose: (live: ApiObject) => ApiObject;
  /** Makes the object where nothing is; else that is an error. */
  readonly absent?: (() => ApiObject) | undefined;
  /** Of the one object that is meant. */
  readonly uid?: string | undefined;
}

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
    if (resource.namespaced && !namespace) throw badRequest('an empty namespace may not be set during creation');
    wipeSystemFields(decoded);
    settleNamespace(decoded, resource.namespaced ? namespace : undefined);
    dedupOwners(decoded, parameters.warn);
    const { name, generateName } = decoded.metadata;
    return !name && generateName
      ? this.#createGenerated(resource, decoded, generateName, parameters)
      : this.#createNamed(resource, decoded, name || '', parameters);
  }

  async #createGenerated(
    resource: Resource,
    decoded: ApiObject,
    prefix: string,
    parameters: WriteParameters,
  ): Promise<ApiObject> {
    for (let tries = 1; ; tries++) {
      const name = generatedName(this.#random, prefix);
      try {
        return await this.#createNamed(resource, clone(decoded), name, parameters);
      } catch (error) {
        if (!isTaken(error)) throw error;
        if (tries === GENERATED_NAME_TRIES) throw noNameLeft(resource, name);
      }
    }
  }

  async #createNamed(
    resource: Resource,
    decoded: ApiObject,
    name: string,
    parameters: WriteParameters,
  ): Promise<ApiObject> {
    const shown = decoded.metadata.name || decoded.metadata['generateName'] || NAMELESS;
    decoded.metadata.name = name;
    const { resourceVersion } = decoded.metadata;
    return this.#decide(keyOf(resource, decoded.metadata), parameters, (live) => {
      const tracked = this.#tracked(resource, undefined, decoded, parameters);
      const object = this.#newObject({ verb: 'create', resource, parameters }, tracked, shown);
      if (resourceVersion) throw new ApiError(500, '', 'resourceVersion should not be set on objects to be created');
      if (!live) return store(object);
      const taken = alreadyExists(resource, name);
      if (live.metadata.deletionTimestamp === undefined) throw taken;
      throw new ApiError(taken.code, taken.reason, `object is being deleted: ${taken.message}`, taken.details);
    });
  }

  async update(resource: Resource, name: ObjectName, body: unknown, parameters: WriteParameters): Promise<Written> {
    const { scale } = resource.subresources;
    if (parameters.subresource === 'scale' && scale)
      return this.#write({
        verb: 'update',
        resource,
        parameters,
        name,
        propose: (live) => this.#tracked(resource, live, scaled(resource, live, body, scale), parameters),
      });
    const proposed = decode(resource, body, parameters);
    requireName(proposed, name.name, name.namespace);
    dedupOwners(proposed, parameters.warn);
    const { allowCreateOnUpdate } = resource.strategy;
    return this.#write({
      verb: 'update',
      resource,
      parameters,
      name,
      uid: proposed.metadata.uid,
      propose: (live) => this.#tracked(resource, live, proposed, parameters),
      absent: allowCreateOnUpdate ? () => this.#tracked(resource, undefined, proposed, parameters) : undefined,
    });
  }

  async patch(
    resource: Resource,
    name: ObjectName,
    patch: PatchRequest,
    parameters: WriteParameters,
  ): Promise<Written> {
    if (patch.type === 'apply') return this.#apply(resource, name, patch, parameters);
    const { scale } = resource.subresources;
    const propose = (live: ApiObject): ApiObject => {
      if (parameters.subresource === 'scale' && scale) return patchedScale(resource, live, patch, scale);
      const shown = answer(resource, live, undefined);
      const proposed = decodePatched(resource, patchedBy(resource, shown, patch), parameters, shownOf(patch));
      requireName(proposed, name.name, name.namespace);
      return proposed;
    };
    return this.#write({
      verb: 'patch',
      resource,
      parameters,
      name,
      propose: (live) => this.#tracked(resource, live, propose(live), parameters),
    });
  }

  async delete(
    resource: Resource,
    name: ObjectName,
    options: DeleteParameters,
    parameters: WriteParameters,
  ): Promise<{ object: ApiObject; gone: boolean }> {
    const key = keyOf(resource, name);
    const warning = orphanWarning(resource, options);
    let plan: Deletion = { gone: false };
    const kept = this.#decide(key, parameters, (live) => {
      const asked = { verb: 'delete', resource, parameters } as const;
      this.#admission.admit?.(admissionOf('DELETE', asked, { name, old: live }));
      if (!live) throw notFound(resource, name.name);
      checkPreconditions(resource, live, options);
      plan = this.#planned(resource, live, options);
      if (warning !== undefined) parameters.warn(warning);
      if (plan.marked) return isSame(live, plan.marked) ? KEEP : store(plan.marked);
      return plan.gone ? REMOVE : KEEP;
    });
    const isStoredFirst = plan.gone && plan.marked !== undefined && !parameters.dryRun;
    const removed = isStoredFirst ? this.#decide(key, parameters, () => REMOVE) : kept;
    const [, object] = await Promise.all([kept, removed]);
    return { object: answer(resource, object, undefined), gone: plan.gone };
  }

  #planned(resource: Resource, live: ApiObject, options: DeleteParameters): Deletion {
    const { markForDeletion } = resource.strategy;
    if (!markForDeletion) return planDeletion(resource, clone(live), options, this.#clock.now());
    if (live.metadata.deletionTimestamp !== undefined) return { gone: endsDeletion(resource, live, live) };
    const marked = clone(live);
    markForDeletion(marked, this.#context);
    return { marked, gone: false };
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
    return this.#decide(keyOf(resource, name), { dryRun: false }, (live) => {
      if (!live) throw notFound(resource, name.name);
      const next = change(clone(live));
      if (endsDeletion(resource, live, next)) return { action: 'remove', object: next };
      return isSame(live, next) ? KEEP : store(next);
    });
  }

  async #apply(
    resource: Resource,
    name: ObjectName,
    patch: Extract<PatchRequest, { type: 'apply' }>,
    parameters: WriteParameters,
  ): Promise<Written> {
    const apply = { ...patch, resource, name, parameters };
    const propose = (live?: ApiObject): ApiObject => appliedTo(live, { ...apply, now: nowOf(this.#clock) });
    const absent = parameters.subresource ? undefined : () => propose();
    return this.#write({ verb: 'patch', resource, parameters, name, propose, absent });
  }

  async #write(write: Write): Promise<Written> {
    const { resource, name, parameters, propose, absent, uid } = write;
    let created = false;
    const object = await this.#decide(keyOf(resource, name), parameters, (live) => {
      created = live === undefined;
      if (!live && !absent) throw notFound(resource, name.name);
      checkUid(resource, name, live, uid ?? '');
      if (live) return this.#updated(write, live, propose(live));
      return absent ? store(this.#newObject(write, absent(), name.name)) : KEEP;
    });
    return { object: answer(resource, object, parameters.subresource), created };
  }

  #updated(asked: Asked, live: ApiObject, proposed: ApiObject): Decision {
    const { resource, parameters } = asked;
    const { strategy } = resource;
    const { subresource } = parameters;
    const admission = admissionOf('UPDATE', asked, { name: proposed.metadata, object: proposed, old: live });
    this.#admission.admit?.(admission);
    dedupOwners(proposed, parameters.warn, AFTER_ADMISSION);
    checkVersion(resource, live, proposed);
    const next = keepUntouchables(resource, live, proposed, subresource);
    if (subresource !== 'status') {
      strategy.prepareForUpdate?.(next, live, this.#context);
      raiseGeneration(resource, live, next);
    }
    requireValidUpdate(resource, next, live, subresource);
    strategy.warnings?.(next, live).forEach(parameters.warn);
    this.#admission.judge?.({ ...admission, object: next });
    if (endsDeletion(resource, live, next)) return { action: 'remove', object: next };
    return isSame(live, next) ? KEEP : store(next);
  }

  /** `shownName` is what the server calls the object before it has given it a name. */
  #newObject(asked: Asked, object: ApiObject, shownName: string): ApiObject {
    const { resource, parameters } = asked;
    const name = { ...object.metadata, name: shownName };
    this.#admission.admit?.(admissionOf('CREATE', asked, { name, object }));
    dedupOwners(object, parameters.warn, AFTER_ADMISSION);
    fillSystemFields(object, { uid: uuidOf(this.#random), now: nowOf(this.#clock) });
    if (resource.subresources.status && resource.custom) {
      delete object['status'];
      withDefaults(resource, object);
    }
    if (resource.strategy.hasGeneration !== false) object.metadata.generation = 1;
    resource.strategy.prepareForCreate?.(object, this.#context);
    requireValid(resource, object);
    resource.strategy.warnings?.(object).forEach(parameters.warn);
    this.#admission.judge?.(admissionOf('CREATE', asked, { name: object.metadata, object }));
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
    const tracked = trackUpdate({
      schema: resource.schema,
      apiVersion: groupVersion(resource),
      proposed,
      manager,
      hasStatus: resource.subresources.status !== undefined,
      now: nowOf(this.#clock),
      ...(live && { live }),
      ...(subresource && { subresource }),
    });
    const { scale } = resource.subresources;
    return subresource === 'scale' && scale ? withScalers(tracked, scale) : tracked;
  }

  /** The object that a decision leaves; a dry run decides and leaves everything as it is. */
  async #decide(
    key: string,
    { dryRun }: Pick<WriteParameters, 'dryRun'>,
    decide: (live: ApiObject | undefined) => Decision,
  ): Promise<ApiObject> {
    let proposed: ApiObject | undefined;
    const stored = await this.#store.update(key, (live) => {
      const decision = decide(live);
      proposed = decision.action === 'keep' ? live : (decision.object ?? live);
      return dryRun ? KEEP : decision;
    });
    const object = dryRun ? proposed : stored;
    if (!object) throw new ApiError(500, 'InternalError', `${key} was decided to be nothing`);
    return object;
  }
}

/** What the real server calls an object that has neither a name nor the beginning of one. */
const NAMELESS = 'Unknown';
const AFTER_ADMISSION = ' after mutating admission happens';
const KEEP: Decision = { action: 'keep' };
const REMOVE: Decision = { action: 'remove' };
const store = (object: ApiObject): Decision => ({ action: 'store', object });

function admissionOf(
  operation: AdmissionRequest['operation'],
  { verb, resource, parameters: { user, dryRun, warn, subresource } }: Asked,
  {
    name,
    object,
    old,
  }: { readonly name: ObjectName; readonly object?: ApiObject; readonly old?: ApiObject | undefined },
): AdmissionRequest {
  return { operation, verb, resource, name, object, old, user, dryRun, warn, ...(subresource && { subresource }) };
}

const isTaken = (error: unknown): boolean => error instanceof ApiError && error.reason === 'AlreadyExists';

function noNameLeft(resource: Resource, name: string): ApiError {
  const { code, reason, message, details } = alreadyExists(resource, name);
  const why = `${message}, the server was not able to generate a unique name for the object`;
  return new ApiError(code, reason, why, { ...details, retryAfterSeconds: 1 });
}

/** What is stored, as the request's version and subresource show it. */
function answer(resource: Resource, object: ApiObject, subresource: 'status' | 'scale' | undefined): ApiObject {
  const { scale } = resource.subresources;
  return subresource === 'scale' && scale ? scaleOf(object, scale) : atVersionOf(resource, object);
}
