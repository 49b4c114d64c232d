import { LABEL, type SidecarSpec, type SympoziumInstance } from '@sympozium/api';
import type { ResolvedSkill, RunView } from '@sympozium/plugin-sdk';
import {
  bare,
  deployment,
  ENDPOINT_SLICE,
  opaqueSecret,
  POD,
  service,
  type Deployment,
  type EndpointSlice,
  type Pod,
  type Secret,
  type Service,
} from '@sympozium/plugin-sdk/manifests';
import { runView, type ViewParts } from '@sympozium/plugin-sdk/testing';
import type { ServerParams } from './config.js';

/** Servers as a real cluster shows them, for tests of what is planned and observed. */

export const RUN = { metadata: { name: 'demo-server' }, spec: { mode: 'server', task: undefined } };

/** A foreign server: nothing of it is the web proxy's. */
export const SIDECAR: SidecarSpec = {
  image: 'registry.example.com/bridge:2',
  args: ['serve'],
  requiresServer: true,
  terminationGracePeriod: '30s',
};

export const skill = (pack: string, sidecar?: Partial<SidecarSpec>, from: ResolvedSkill['from'] = 'instance') => ({
  pack,
  from,
  params: {},
  documents: [],
  ...(sidecar && { sidecar: { ...SIDECAR, ...sidecar } }),
});

export type Endpoint = NonNullable<SympoziumInstance['spec']['endpoint']>;

/** A view of the server run of the instance `demo`, which uses one server pack. */
export const serverView = (
  parts: ViewParts<ServerParams> & { readonly endpoint?: Endpoint } = {},
): RunView<ServerParams> => {
  const { endpoint, instance, ...rest } = parts;
  return runView<ServerParams>({
    run: RUN,
    skills: [skill('bridge', {})],
    instance: { ...instance, spec: { ...instance?.spec, ...(endpoint && { endpoint }) } },
    ...rest,
  });
};

/** The Deployment, available with one Pod unless its status says other things. */
export function deploymentObject(status: Deployment['status'] = {}, replicas = 1, volumes: object[] = []): Deployment {
  const made = deployment('demo-server', {
    replicas,
    selector: {},
    template: { spec: { containers: [], volumes: volumes as never } },
  });
  return {
    ...made,
    metadata: { ...made.metadata, generation: 3 },
    status: { observedGeneration: 3, replicas, updatedReplicas: replicas, conditions: [said('Available')], ...status },
  };
}

type DeploymentCondition = NonNullable<NonNullable<Deployment['status']>['conditions']>[number];

export const said = (type: string, status = 'True', reason = '', message = ''): DeploymentCondition => ({
  type,
  status,
  reason,
  message,
});

/** Nothing moves, in the Deployment controller's words. */
export const exceeded = said('Progressing', 'False', 'ProgressDeadlineExceeded', 'ReplicaSet "x" has timed out.');
/** Not enough Pods, in its words. */
export const lacking = said('Available', 'False', 'MinimumReplicasUnavailable', 'no minimum availability');

export const serviceObject = (): Service => service('demo-server', {});

export const keyObject = (): Secret => ({ ...opaqueSecret('demo-server-api-key'), data: { 'api-key': btoa('sk-1') } });

type Conditions = NonNullable<NonNullable<EndpointSlice['endpoints']>[number]['conditions']>;

/** The Service's addresses, one for each of the given conditions. */
export const sliceObject = (conditions: readonly Conditions[] = [{ ready: true }], of = 'demo-server') => ({
  ...bare(ENDPOINT_SLICE, `${of}-abcde`),
  metadata: { name: `${of}-abcde`, labels: { 'kubernetes.io/service-name': of } },
  addressType: 'IPv4',
  endpoints: conditions.length === 0 ? null : conditions.map((one) => ({ addresses: ['10.0.0.7'], conditions: one })),
});

type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];

/** One of its Pods, on a node, with the server's container in this state. */
export const podObject = (container: Partial<ContainerStatus>, metadata: Partial<Pod['metadata']> = {}): Pod => ({
  apiVersion: POD.apiVersion,
  kind: POD.kind,
  metadata: { name: 'demo-server-1', labels: { [LABEL.run]: 'demo-server' }, ...metadata },
  spec: { nodeName: 'node-1', containers: [{ name: 'server' }] },
  status: {
    containerStatuses: [{ name: 'server', image: 'i', imageID: '', ready: false, restartCount: 0, ...container }],
  },
});

export const waiting = (reason: string, message?: string) => ({
  state: { waiting: { reason, ...(message !== undefined && { message }) } },
});
export const running = { state: { running: { startedAt: '2026-01-02T03:04:07Z' } } };

/** A Pod that no node takes. */
export const unscheduledPod = (): Pod => ({
  ...podObject({}),
  spec: { containers: [{ name: 'server' }] },
  status: {
    phase: 'Pending',
    conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '1 Insufficient cpu.' }],
  },
});

/** All that a server needs to serve. */
export const serving = { children: [deploymentObject(), serviceObject(), keyObject()], related: [sliceObject()] };

export const ofKind = <T extends { kind: string }>(objects: readonly { kind: string }[], kind: string): T => {
  const found = objects.find((object) => object.kind === kind);
  if (!found) throw new Error(`no ${kind} is planned`);
  return found as T;
};
