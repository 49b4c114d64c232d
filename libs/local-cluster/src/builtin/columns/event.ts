import { ageOf, cellsFor } from './cell.js';

interface Event {
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string | null };
  readonly count?: number;
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly involvedObject: { readonly kind?: string; readonly name?: string; readonly fieldPath?: string };
  readonly source?: { readonly component?: string; readonly host?: string };
  readonly reportingComponent?: string;
  readonly reportingInstance?: string;
}

export const EVENT = cellsFor<Event>({
  'Last Seen': (event, now) => ageOf(lastSeen(event), now),
  Type: ({ type = '' }) => type,
  Reason: ({ reason = '' }) => reason,
  Object: ({ involvedObject: { kind = '', name } }) => (name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase()),
  Subobject: ({ involvedObject: { fieldPath = '' } }) => fieldPath,
  Source: sourceOf,
  Message: ({ message = '' }) => message.trim(),
  'First Seen': (event, now) => ageOf(firstSeen(event), now),
  Count: ({ series, count }) => (series ? (series.count ?? 0) : count || 1),
  Name: ({ metadata }) => metadata.name,
});

const firstSeen = ({ firstTimestamp, eventTime }: Event): string | null | undefined => firstTimestamp || eventTime;

const lastSeen = (event: Event): string | null | undefined =>
  event.series ? event.series.lastObservedTime : event.lastTimestamp || firstSeen(event);

function sourceOf({ source, reportingComponent = '', reportingInstance = '' }: Event): string {
  const component = source?.component || reportingComponent;
  const instance = source?.host || reportingInstance;
  return instance ? `${component}, ${instance}` : component;
}
