import { apply, get, JSON_PATCH, MERGE_PATCH, patch, post, put, remove, STRATEGIC_PATCH } from '../calls.js';
import { KINDS, type KindUnderTest } from '../kinds.js';
import type { Sequence, Step } from '../sequence.js';

export const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const METADATA = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json';
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json';

const LABELS = { metadata: { labels: { app: '{ns}' } } };
const isAlone = ({ path }: KindUnderTest): string => (path.includes('{ns}') ? '' : '?fieldSelector=metadata.name={ns}');

/** The real server does not see that nothing changes when these are applied again: it writes them, as they were. */
const WRITTEN_ANEW = ['Job', 'AgentRun'];

function verbs(under: KindUnderTest): Step[] {
  const { path, name, object, change } = under;
  const one = `${path}/${name}`;
  return [
    post(path, object),
    post(path, object),
    get(one),
    get(one, TABLE),
    get(one, METADATA),
    patch(one, MERGE_PATCH, LABELS),
    patch(one, MERGE_PATCH, change),
    get(`${path}?labelSelector=app={ns}`),
    get(`${path}?labelSelector=app={ns}`, TABLE),
    get(`${path}?labelSelector=app={ns}`, METADATA_LIST),
    put(one, object),
    patch(one, JSON_PATCH, [{ op: 'add', path: '/metadata/annotations', value: { note: 'x' } }]),
    patch(one, JSON_PATCH, [{ op: 'test', path: '/metadata/name', value: 'other' }]),
    patch(one, STRATEGIC_PATCH, { metadata: { annotations: { note: null, more: 'y' } } }),
    patch(`${one}?dryRun=All`, MERGE_PATCH, { metadata: { labels: { dry: 'run' } } }),
    patch(`${one}?fieldValidation=Strict`, MERGE_PATCH, { bogus: 1 }),
    remove(`${one}?dryRun=All`),
    remove(one),
    get(one),
    get(`${path}${isAlone(under)}`),
  ];
}

function applied({ kind, path, name, object, change }: KindUnderTest): Step[] {
  const one = `${path}/${name}`;
  const labelled = (value: string): object => {
    const { apiVersion } = object as { apiVersion: string };
    return { apiVersion, kind, metadata: { name, labels: { app: value } } };
  };
  return [
    apply(one, 'one', object),
    ...(WRITTEN_ANEW.includes(kind) ? [] : [apply(one, 'one', object)]),
    apply(one, 'two', labelled('a')),
    patch(`${one}?fieldManager=three`, MERGE_PATCH, change),
    apply(one, 'one', object, '&force=true'),
    apply(one, 'four', labelled('b')),
    apply(one, 'four', labelled('b'), '&force=true'),
    apply(one, 'two', labelled('b')),
    get(one),
    remove(kind === 'Namespace' ? one : `${one}?propagationPolicy=Foreground`),
    get(one),
    patch(one, MERGE_PATCH, { metadata: { finalizers: null } }),
    get(one),
  ];
}

/** The same for every kind that is stored. */
export const everyKind: readonly Sequence[] = KINDS.flatMap((under): Sequence[] => {
  const watched = under.path.includes('{ns}') ? { watched: [under.path] } : {};
  return [
    { name: `${under.kind}: every verb`, steps: verbs(under), ...watched },
    { name: `${under.kind}: two who apply`, steps: applied(under), versions: false },
  ];
});
