import {
  API_VERSION,
  AGENT_RUN,
  isTerminal,
  SYMPOZIUM_SCHEDULE,
  type AgentRun,
  type Condition,
  type SympoziumSchedule,
  type SympoziumScheduleSpec,
  type SympoziumScheduleStatus,
} from '@sympozium/api';
import { admitPlugins } from '../plugins/admit-plugins.js';
import { tickOf } from '../schedules/tick-of.js';
import { HostRig } from './host-rig.js';
import { probeMode } from './probe-mode.js';
import { at } from './serving-rig.js';

/** What a test says of a schedule; it is due every five minutes otherwise. */
export type ScheduleParts = Partial<SympoziumScheduleSpec> & { readonly name?: string };

/** A host whose schedules start runs that work once, for the instance `demo`. Its clock begins at 03:04:05. */
export class ScheduleRig extends HostRig {
  static async started(beside?: ScheduleRig): Promise<ScheduleRig> {
    const plugin = { ...probeMode(), name: 'task' };
    const modes = await admitPlugins([{ from: 'test', plugin }]);
    const rig = new ScheduleRig({ modes, ...(beside && { beside }) });
    if (!beside) rig.instance();
    await rig.start();
    return rig;
  }

  schedule({ name = 'nightly', ...spec }: ScheduleParts = {}): SympoziumSchedule {
    return this.server.create(SYMPOZIUM_SCHEDULE, {
      apiVersion: API_VERSION,
      kind: SYMPOZIUM_SCHEDULE.kind,
      metadata: { name, namespace: 'default' },
      spec: { instanceRef: { name: 'demo' }, schedule: '*/5 * * * *', task: 'Say hello.', ...spec },
    } as SympoziumSchedule) as SympoziumSchedule;
  }

  edit(spec: object, name = 'nightly'): void {
    this.server.patch(SYMPOZIUM_SCHEDULE, at(name), { type: 'merge', body: { spec } });
  }

  status(name = 'nightly'): SympoziumScheduleStatus | undefined {
    return this.server.peek(SYMPOZIUM_SCHEDULE, at(name))?.status;
  }

  condition(type: string, name = 'nightly'): Condition | undefined {
    return this.status(name)?.conditions?.find((one) => one.type === type);
  }

  runs(): AgentRun[] {
    return this.server.objects(AGENT_RUN);
  }

  /** Names of the runs that have not ended. */
  open(): string[] {
    return this.runs().flatMap(({ metadata, status }) => (isTerminal(status.phase) ? [] : [metadata.name]));
  }

  /** Those of them that have a Job. */
  endable(): string[] {
    const jobs = new Set(this.jobs().map(({ metadata }) => metadata.name));
    return this.open().filter((name) => jobs.has(name));
  }

  /** Every run that is made from now on: its tick as `03:05`, and the runs that had not ended when it was made. */
  witness(): { readonly ticks: readonly string[]; readonly overlaps: readonly string[] } {
    const seen = { ticks: [] as string[], overlaps: [] as string[] };
    const uids = new Set<string>();
    this.server.table.history.listen(({ object }) => {
      const { uid = '', name } = object.metadata;
      if (object.kind !== AGENT_RUN.kind || uids.has(uid)) return;
      uids.add(uid);
      seen.ticks.push(new Date(tickOf(object as AgentRun) ?? 0).toISOString().slice(11, 16));
      const others = this.open().filter((other) => other !== name);
      seen.overlaps.push(...others.map((other) => `${name} beside ${other}`));
    });
    return seen;
  }

  /** Lets runs end, all that are open unless one is named; cancelled ones end as cancelled. */
  async end(name?: string, state: 'succeeded' | 'failed' = 'succeeded'): Promise<void> {
    for (const run of name === undefined ? this.open() : [name]) {
      const times = { startedAt: this.now(), completedAt: this.now() };
      const result = { finishReason: 'stop' as const, content: { from: 'inline' as const, text: 'Hello.' } };
      const bad = { reason: 'AgentFailed' as const, message: 'no luck' };
      this.pod(state === 'succeeded' ? { state, ...times, result } : { state, ...times, ...bad }, run);
    }
    await this.quiet();
  }

  /** Goes on until the clock shows this time of 2026-01-02. */
  async until(time: string): Promise<void> {
    await this.advance(Date.parse(`2026-01-02T${time}Z`) - this.wall.now());
  }

  /** What is written for schedules and runs: `POST agentruns`, `PATCH sympoziumschedules/status`. */
  get scheduleWrites(): string[] {
    return this.allWrites.filter((write) => /agentruns$|schedules/.test(write));
  }
}
