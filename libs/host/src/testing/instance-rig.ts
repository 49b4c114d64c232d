import type { AgentRun, Condition, SympoziumInstance, SympoziumInstanceStatus } from '@sympozium/api';
import { admitPlugins } from '../plugins/admit-plugins.js';
import { HostRig } from './host-rig.js';
import { probeMode } from './probe-mode.js';
import { PROBE_APP, servingProbe } from './serving-probe.js';
import { at } from './serving-rig.js';

/** A SkillPack that brings a server, and the skills of an instance that uses it. */
export const WEB = { sidecar: { image: 'web:1', requiresServer: true } };
export const SKILLS = [{ skillPackRef: { name: 'web' } }];

/** A host with a mode that works once and a mode `server`, for the instance `demo` and its server run. */
export class InstanceRig extends HostRig {
  static async started(): Promise<InstanceRig> {
    const offers = [probeMode(), { ...servingProbe(), name: 'server' }].map((plugin) => ({ from: 'test', plugin }));
    const rig = new InstanceRig({ modes: await admitPlugins(offers) });
    await rig.start();
    return rig;
  }

  /** An instance with a server, which is ready. */
  async serve(spec: Partial<SympoziumInstance['spec']> = {}): Promise<void> {
    this.pack('web', WEB);
    this.instance({ spec: { ...spec, skills: SKILLS } });
    await this.quiet();
    this.ready(true);
    await this.quiet();
  }

  ready(isReady: boolean): void {
    const body = { status: { ready: isReady } };
    this.server.patch(PROBE_APP, at('demo-server-app'), { type: 'merge', body }, { subresource: 'status' });
  }

  serverRun(): AgentRun | undefined {
    return this.stored('demo-server');
  }

  status(): SympoziumInstanceStatus | undefined {
    return this.storedInstance()?.status;
  }

  condition(type: string): Condition | undefined {
    return this.status()?.conditions?.find((one) => one.type === type);
  }

  writesOf(plural: string): string[] {
    return this.allWrites.filter((write) => write.includes(plural));
  }
}
