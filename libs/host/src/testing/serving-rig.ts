import { ANNOTATION, SYMPOZIUM_INSTANCE, type Kind, type KubeObject } from '@sympozium/api';
import { admitPlugins } from '../plugins/admit-plugins.js';
import { HostRig } from './host-rig.js';
import { PROBE_APP, PROBE_DOOR, PROBE_SECRET, servingProbe } from './serving-probe.js';

const EVENT: Kind = { apiVersion: 'v1', kind: 'Event', plural: 'events', namespaced: true };

export const at = (name: string) => ({ namespace: 'default', name });

/** Where the children of the rig's run are. */
export const CHILD = { key: at('hello-key'), app: at('hello-app'), door: at('hello-door') };

export const CHILDREN = [
  ['Secret', PROBE_SECRET, CHILD.key],
  ['App', PROBE_APP, CHILD.app],
  ['Door', PROBE_DOOR, CHILD.door],
] as const;

/** A host that serves one run, `hello` of the instance `demo`, with a `servingProbe`. */
export class ServingRig extends HostRig {
  /** It runs, and has its instance. */
  static async started(): Promise<ServingRig> {
    const rig = new ServingRig({ modes: await admitPlugins([{ from: 'test', plugin: servingProbe() }]) });
    rig.instance();
    await rig.start();
    return rig;
  }

  async create(): Promise<void> {
    this.run({ spec: { mode: 'serving-probe' } });
    await this.quiet();
  }

  /** Until it serves; what was called before is forgotten. */
  async serve(): Promise<void> {
    await this.create();
    this.ready(true);
    await this.quiet();
    if (this.stored()?.status.phase !== 'Serving') throw new Error('it does not serve');
    this.client.forgetCalls();
  }

  ready(isReady: boolean): void {
    const body = { status: { ready: isReady } };
    this.server.patch(PROBE_APP, CHILD.app, { type: 'merge', body }, { subresource: 'status' });
  }

  patch<T extends KubeObject>(kind: Kind<T>, name: ReturnType<typeof at>, body: object): void {
    this.server.patch(kind, name, { type: 'merge', body });
  }

  rotate(epoch: string | null): void {
    this.patch(SYMPOZIUM_INSTANCE, at('demo'), { metadata: { annotations: { [ANNOTATION.keyEpoch]: epoch } } });
  }

  /** An entry of the Secret. */
  text(field: string): string | undefined {
    const encoded = this.server.peek(PROBE_SECRET, CHILD.key)?.data?.[field];
    return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString();
  }

  /** Reasons of all Events. */
  events(): string[] {
    return this.server.objects(EVENT).map((event) => (event as KubeObject & { reason: string }).reason);
  }
}
