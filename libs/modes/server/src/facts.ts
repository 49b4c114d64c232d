import type { ObservedView } from '@sympozium/plugin-sdk';
import {
  DEPLOYMENT,
  ENDPOINT_SLICE,
  POD,
  SERVICE,
  type Deployment,
  type Pod,
  type Service,
} from '@sympozium/plugin-sdk/manifests';
import type { ServerParams } from './config.js';
import { keySourceOf, type KeySource } from './key-source.js';
import { serverName } from './names.js';

/** What is known of a server, read once. */
export interface Facts {
  readonly view: ObservedView<ServerParams>;
  readonly deployment: Deployment | undefined;
  readonly service: Service | undefined;
  readonly keys: KeySource;
  /** The Pods that are to stay, by name. */
  readonly pods: readonly Pod[];
  /** Whether the Service leads to a Pod that is ready. */
  readonly reachable: boolean;
  /** It answered once: from then on, whatever keeps it from answering has a reason. */
  readonly served: boolean;
}

export function readFacts(view: ObservedView<ServerParams>): Facts {
  const { run, children, related } = view;
  const isServer = ({ metadata }: { metadata: { name: string } }) => metadata.name === serverName(run);
  return {
    view,
    deployment: children.of(DEPLOYMENT).find(isServer),
    service: children.of(SERVICE).find(isServer),
    keys: keySourceOf(view),
    pods: related
      .of(POD)
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)),
    reachable: related
      .of(ENDPOINT_SLICE)
      .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === serverName(run))
      .flatMap(({ endpoints }) => endpoints ?? [])
      // Absent means ready, https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoint-slice-v1/
      .some(({ conditions }) => conditions?.ready !== false),
    served: run.status.phase === 'Serving',
  };
}
