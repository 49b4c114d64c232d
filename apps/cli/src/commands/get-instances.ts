import { SYMPOZIUM_INSTANCE, type SympoziumInstance } from '@sympozium/api';
import { age } from '../age.js';
import { printList } from '../print-list.js';
import { renderTable } from '../render-table.js';
import type { ClusterOptions, OutputOptions } from './options.js';

/** `sympozium get instances`: what there is to call, by name. */
export const getInstances = (options: ClusterOptions & OutputOptions): Promise<void> =>
  printList(options, { kind: SYMPOZIUM_INSTANCE, noun: 'instances', render: renderInstances });

const HEAD = ['NAME', 'MODEL', 'READY', 'ACTIVE', 'QUEUED', 'ENDPOINT', 'AGE'];

/** The table of `get instances`; `now` in milliseconds since 1970. */
export const renderInstances = (instances: readonly SympoziumInstance[], now: number): string =>
  renderTable(
    HEAD,
    instances.map((instance) => cells(instance, now)),
  );

const cells = ({ metadata, spec, status = {} }: SympoziumInstance, now: number): string[] => [
  metadata.name,
  spec.model.name,
  readiness(status),
  String(status.activeRuns ?? 0),
  String(status.queuedRuns ?? 0),
  address(status.endpoint),
  age(metadata.creationTimestamp, now),
];

/** Empty for an instance that is not served over HTTP. */
function readiness({ endpoint }: NonNullable<SympoziumInstance['status']>): string {
  if (!endpoint) return '';
  return endpoint.ready === true ? 'yes' : 'no';
}

type EndpointStatus = NonNullable<SympoziumInstance['status']>['endpoint'];

const address = (endpoint: EndpointStatus): string => endpoint?.hostname ?? endpoint?.url ?? '';
