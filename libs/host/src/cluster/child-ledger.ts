import type { AgentRun, AgentRunStatus, KubeObject } from '@sympozium/api';

/** A child as `status.children` names it. */
export type ChildRef = NonNullable<AgentRunStatus['children']>[number];

export const childRef = ({ apiVersion, kind, metadata }: KubeObject): ChildRef => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid ?? '',
});

/**
 * Which children each run has had, as far as this process saw: a Job that vanishes before any status told of it must
 * not be made again. A Job and its Pods that come and go while no operator runs leave no trace; that, and only that,
 * makes a task run a second time.
 */
export class ChildLedger {
  readonly #children = new Map<string, Map<string, ChildRef>>();
  readonly #madeAt = new Map<string, string>();
  readonly #secrets = new Map<string, Map<string, KubeObject>>();

  note(run: AgentRun, child: KubeObject): void {
    const runUid = run.metadata.uid ?? '';
    const known = this.#children.get(runUid) ?? new Map<string, ChildRef>();
    this.#children.set(runUid, known.set(refKey(child.kind, child.metadata.name), childRef(child)));
    const times = [this.#madeAt.get(runUid), child.metadata.creationTimestamp].filter((time) => time !== undefined);
    const [first] = times.sort();
    if (first !== undefined) this.#madeAt.set(runUid, first);
  }

  forget(runUid: string): void {
    this.#children.delete(runUid);
    this.#madeAt.delete(runUid);
    this.#secrets.delete(runUid);
  }

  /** Keeps a Secret that vanished as it was seen last, in memory only: made again, it shall have the same bytes. */
  noteLost(run: AgentRun, child: KubeObject): void {
    if (child.kind !== 'Secret') return;
    const runUid = run.metadata.uid ?? '';
    const known = this.#secrets.get(runUid) ?? new Map<string, KubeObject>();
    this.#secrets.set(runUid, known.set(child.metadata.name, child));
  }

  lostSecret(run: AgentRun, name: string): KubeObject | undefined {
    return this.#secrets.get(run.metadata.uid ?? '')?.get(name);
  }

  /** Whether the run has had this child, whatever became of it. */
  has(run: AgentRun, { kind, metadata }: KubeObject): boolean {
    return this.of(run).some((child) => child.kind === kind && child.name === metadata.name);
  }

  /** When the first child that was seen was made, RFC 3339. */
  madeAt(run: AgentRun): string | undefined {
    return this.#madeAt.get(run.metadata.uid ?? '');
  }

  /** What status records and what was seen; of one name, the last that was seen. */
  of(run: AgentRun): readonly ChildRef[] {
    const recorded = (run.status.children ?? []).map((child) => [refKey(child.kind, child.name), child] as const);
    return [...new Map([...recorded, ...(this.#children.get(run.metadata.uid ?? '') ?? [])]).values()];
  }
}

const refKey = (kind: string, name: string): string => `${kind}/${name}`;
