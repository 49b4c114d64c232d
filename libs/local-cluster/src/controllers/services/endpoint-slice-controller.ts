import type { KubeObject } from '@sympozium/api';
import { Controller, objectKey, OwnWrites, parseObjectKey } from '@sympozium/controller';
import { isNotFound, type Informer } from '@sympozium/kube';
import type { Runnable } from '@sympozium/process';
import { isDeepStrictEqual } from 'node:util';
import type { ControllerContext } from '../shared/context.js';
import { MANAGER } from '../shared/manager.js';
import { SERVICE, type Service } from '../shared/kinds.js';
import { hasSeen } from '../shared/own-pods.js';
import { controllerReference } from '../shared/pod-from-template.js';
import { POD, type Pod } from '../shared/pod.js';
import { ENDPOINT_SLICE, isHeadless, sliceContents, type EndpointSlice, type SliceContent } from './endpoint-slices.js';

const COMPONENT = 'endpointslice-controller.k8s.io';
const SERVICE_NAME = 'kubernetes.io/service-name';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const HEADLESS = 'service.kubernetes.io/headless';

/** Keeps the EndpointSlices of each Service with a selector as its Pods are. */
export class EndpointSliceController implements Runnable {
  readonly name = 'endpointslice-controller';
  readonly #context: ControllerContext;
  readonly #controller: Controller;
  readonly #services: Informer<Service>;
  readonly #pods: Informer<Pod>;
  readonly #slices: Informer<EndpointSlice>;
  readonly #writes = new OwnWrites();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#services = context.informers.of(SERVICE);
    this.#pods = context.informers.of(POD);
    this.#slices = context.informers.of(ENDPOINT_SLICE);
    const { clock, random, log } = context;
    this.#controller = new Controller({
      ...{ name: this.name, workers: 5, clock, random, log },
      reconcile: (key) => this.#reconcile(key),
      settled: (key) => this.#writes.settled(key),
    });
    this.#services.onEvent(({ object: { metadata } }) => this.#enqueue(metadata.namespace, metadata.name));
    this.#slices.onEvent(({ object }) => {
      const service = object.metadata.labels?.[SERVICE_NAME];
      if (service !== undefined && isOurs(object)) this.#enqueue(object.metadata.namespace, service);
    });
    this.#pods.onEvent(({ object, old }) => {
      for (const service of this.#services.store.list(object.metadata.namespace ?? ''))
        if (selects(service, object) || (old && selects(service, old)))
          this.#enqueue(service.metadata.namespace, service.metadata.name);
    });
  }

  start(): Promise<void> {
    return this.#controller.start();
  }

  stop(): Promise<void> {
    return this.#controller.stop();
  }

  #enqueue(namespace = '', name: string): void {
    this.#controller.enqueue(objectKey(namespace, name));
  }

  async #reconcile(key: string): Promise<void> {
    const { namespace, name } = parseObjectKey(key);
    const service = this.#services.store.get(namespace, name);
    if (!service?.spec.selector || service.spec.type === 'ExternalName') return;
    if (service.metadata.deletionTimestamp !== undefined) return;
    const pods = this.#pods.store.list(namespace).filter((pod) => selects(service, pod));
    const wanted = sliceContents(service, pods);
    const found = this.#slices.store.by('owner', service.metadata.uid ?? '').filter(isOurs);
    const free = found.filter((slice) => slice.metadata.deletionTimestamp === undefined);
    for (const content of wanted) await this.#write(key, service, content, takeBest(free, content));
    for (const slice of free) await this.#remove(slice);
  }

  async #write(key: string, service: Service, content: SliceContent, slice: EndpointSlice | undefined): Promise<void> {
    const { client } = this.#context;
    const labels = labelsOf(service);
    if (!slice) {
      const created = await client.create<EndpointSlice>(ENDPOINT_SLICE, newSlice(service, labels, content), MANAGER);
      return this.#wrote(key, created);
    }
    const same =
      isDeepStrictEqual(slice.ports ?? [], content.ports) &&
      isDeepStrictEqual(slice.endpoints ?? [], content.endpoints) &&
      isDeepStrictEqual(slice.metadata.labels, labels);
    if (same) return;
    const next = { ...slice, metadata: { ...slice.metadata, labels }, ...content };
    this.#wrote(key, await client.replace(ENDPOINT_SLICE, next, MANAGER));
  }

  async #remove({ metadata: { namespace = '', name, uid = '' } }: EndpointSlice): Promise<void> {
    try {
      await this.#context.client.delete(ENDPOINT_SLICE, { namespace, name }, { uid });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  #wrote(key: string, object: KubeObject): void {
    this.#writes.record(key, () => hasSeen(this.#slices, object));
  }
}

const isOurs = ({ metadata }: KubeObject): boolean => metadata.labels?.[MANAGED_BY] === COMPONENT;

function selects({ metadata, spec: { selector } }: Service, pod: Pod): boolean {
  if (!selector || metadata.namespace !== pod.metadata.namespace) return false;
  return Object.entries(selector).every(([key, value]) => pod.metadata.labels?.[key] === value);
}

function labelsOf(service: Service): Record<string, string> {
  const labels = { ...service.metadata.labels };
  delete labels[HEADLESS];
  return {
    ...labels,
    ...(isHeadless(service) ? { [HEADLESS]: '' } : {}),
    [SERVICE_NAME]: service.metadata.name,
    [MANAGED_BY]: COMPONENT,
  };
}

/** Takes the slice out that needs the least change: of the same ports, else any. */
function takeBest(free: EndpointSlice[], { ports }: SliceContent): EndpointSlice | undefined {
  const same = free.findIndex((slice) => isDeepStrictEqual(slice.ports ?? [], ports));
  return free.splice(Math.max(0, same), 1)[0];
}

const newSlice = (service: Service, labels: Record<string, string>, content: SliceContent): KubeObject =>
  ({
    apiVersion: ENDPOINT_SLICE.apiVersion,
    kind: ENDPOINT_SLICE.kind,
    metadata: {
      generateName: `${service.metadata.name}-`,
      namespace: service.metadata.namespace,
      labels,
      ownerReferences: [controllerReference(SERVICE, service)],
    },
    addressType: 'IPv4',
    ...content,
  }) as unknown as KubeObject;
