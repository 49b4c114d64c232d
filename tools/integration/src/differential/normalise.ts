/** What each server chooses for itself; it is replaced by a placeholder that tells only which values are the same. */
const OWN_VALUES = new Map<string, 'uid' | 'time' | 'version'>([
  ['uid', 'uid'],
  ['batch.kubernetes.io/controller-uid', 'uid'],
  ['controller-uid', 'uid'],
  ['creationTimestamp', 'time'],
  ['deletionTimestamp', 'time'],
  ['time', 'time'],
  ['lastTransitionTime', 'time'],
  ['resourceVersion', 'version'],
]);

const RANDOM_NAME = /^(.+-)[bcdfghjklmnpqrstvwxz2456789]{5}$/;
/** The volume that ServiceAccount admission adds to a Pod. */
const TOKEN_VOLUME = /kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}/g;
/** In messages that tell of a version, or show an object. */
const VERSION_IN_TEXT = /(in record \(|resource version: |current: |version: \d+ \(|resourceVersion\\*":\\*")\d+/g;
const TIME_IN_TEXT = /(?<=.)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g;
/** Of the Services' range. */
const ADDRESS = /127\.96\.\d+\.\d+/g;
/** An empty list is at times none. */
const LISTS = ['items', 'rows'];
/** In a Table. */
const AGE = /^(\d+s|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)$/;
/** The object that a patch makes, shown as it lies in the server's memory: the order of its fields is by chance. */
const PATCHED_OBJECT = /(Invalid value: )"\{(?:\\.|[^"\\])*"/g;
/** What follows on it shows the difference of two Pod specs, as Go's cmp prints it for now. */
const NO_POD_CHANGE = 'if it was previously negative)';
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/**
 * Replaces uids, times, versions and generated names, in the order they appear, so that two servers' answers compare.
 * One normaliser sees all the answers of a sequence: the same uid is the same placeholder throughout.
 */
export class Normaliser {
  readonly #uids = new Map<string, string>();
  readonly #versions = new Map<string, string>();
  readonly #comparesVersions: boolean;
  readonly #names = new Map<string, string>();
  readonly #addresses = new Map<string, string>();
  readonly #namespace: string;

  constructor(namespace: string, comparesVersions = true) {
    this.#comparesVersions = comparesVersions;
    this.#namespace = namespace;
  }

  normalise(value: unknown, key = ''): unknown {
    if (Array.isArray(value)) return value.map((item) => this.normalise(item));
    if (typeof value === 'object' && value !== null) return this.#object(value as Record<string, unknown>);
    return typeof value === 'string' ? this.#text(value, key) : value;
  }

  #object(object: Record<string, unknown>): unknown {
    if (object['type'] === 'BOOKMARK' && this.#comparesVersions) return this.#bookmark(object);
    const { generateName } = object as { generateName?: string };
    const entries = Object.entries(object).map(([key, value]) => {
      if (key === 'name' && typeof generateName === 'string' && RANDOM_NAME.test(String(value)))
        return [key, this.#placeholder(this.#names, String(value), generateName)];
      if (key === 'metadata' && isList(object)) return [key, this.#listMetadata(value as object)];
      return [key, this.#field(key, value)];
    });
    return Object.fromEntries(entries);
  }

  /** Its version is whatever the server has come to. */
  #bookmark(event: object): unknown {
    return new Normaliser(this.#namespace, false).normalise(event);
  }

  #field(key: string, value: unknown): unknown {
    if (Array.isArray(value)) return this.normalise(comparableList(key, value));
    if (key === 'continue' && value !== '') return '<continue>';
    return value === null && LISTS.includes(key) ? [] : this.normalise(value, key);
  }

  /** A list's version is whatever the server has come to, with its own writes. */
  #listMetadata({ resourceVersion, ...metadata }: { resourceVersion?: string }): unknown {
    const version = resourceVersion === undefined ? {} : { resourceVersion: '<list version>' };
    return { ...(this.normalise(metadata) as object), ...version };
  }

  #text(text: string, key: string): string {
    const kind = OWN_VALUES.get(key);
    if (kind === 'time') return '<time>';
    if (kind === 'version' && text !== '' && !this.#comparesVersions) return '<version>';
    if (kind === 'version' && text !== '') return this.#placeholder(this.#versions, text, 'version');
    let plain = withoutDifference(text)
      .replaceAll(UUID, (uid) => this.#placeholder(this.#uids, uid, 'uid'))
      .replaceAll(TOKEN_VOLUME, 'kube-api-access-<random>')
      .replaceAll(ADDRESS, (address) => this.#placeholder(this.#addresses, address, 'address'))
      .replaceAll(PATCHED_OBJECT, '$1<object>')
      .replaceAll(VERSION_IN_TEXT, (_, before: string) => `${before}<version>`)
      .replaceAll(TIME_IN_TEXT, '<time>');
    for (const [name, placeholder] of this.#names) plain = plain.replaceAll(name, placeholder);
    return plain.replaceAll(this.#namespace, '<namespace>');
  }

  #placeholder(known: Map<string, string>, value: string, word: string): string {
    const placeholder = known.get(value) ?? `<${word} ${known.size + 1}>`;
    known.set(value, placeholder);
    return placeholder;
  }
}

const isList = (object: Record<string, unknown>): boolean => 'items' in object || 'rows' in object;

const withoutAge = (cell: unknown): unknown => (typeof cell === 'string' && AGE.test(cell) ? '<age>' : cell);

/** A list whose order, or some of whose items, are each server's own. */
function comparableList(key: string, list: readonly unknown[]): readonly unknown[] {
  if (key === 'cells') return list.map(withoutAge);
  return key === 'managedFields' ? sortedManagers(list as readonly Manager[]) : list;
}

/** Managers stand in the order of their times, which are whole seconds: on two servers not the same ones. */
const sortedManagers = (managers: readonly Manager[]): readonly Manager[] =>
  [...managers].sort((a, b) => (identityOf(a) < identityOf(b) ? -1 : 1));

interface Manager {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  readonly apiVersion?: string;
}

const identityOf = ({ manager, operation, subresource, apiVersion }: Manager): string =>
  [operation, manager, subresource, apiVersion].join(' ');

function withoutDifference(text: string): string {
  const at = text.indexOf(`${NO_POD_CHANGE}\n`);
  return at < 0 ? text : `${text.slice(0, at)}${NO_POD_CHANGE}${text.endsWith('\n]') ? ']' : ''}`;
}
