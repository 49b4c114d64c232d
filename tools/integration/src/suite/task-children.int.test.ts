import { LABEL, ownerReference, type AgentRun, type Kind, type KubeObject } from '@sympozium/api';
import { isNotFound } from '@sympozium/kube';
import { CONFIG_MAP, JOB } from '@sympozium/plugin-sdk/manifests';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANY_PROGRAM } from '../fixture/images.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { Sympozium } from '../fixture/sympozium.js';
import { until } from '../fixture/until.js';

let system: Sympozium;
let run: AgentRun;

/** A Job's that never starts. */
const NO_WORK = {
  suspend: true,
  template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: ANY_PROGRAM }] } },
};

/** Too large for an annotation, so that the run has every child there is. */
const TASK = 'x'.repeat(300_000);

beforeAll(async () => {
  system = await Sympozium.start(suiteCluster(), { name: 'task-children', proxy: false });
  await system.createInstance('idle', { agent: { image: ANY_PROGRAM, command: ['/bin/sleep', '600'] } });
  await system.createRun('working', { instanceRef: { name: 'idle' }, task: TASK });
  run = await until('it works', async () => {
    const now = await system.run('working');
    return now.status.phase === 'Running' && now;
  });
});

afterAll(() => system?.stop());

const named = (name: string) => ({ namespace: system.namespace, name });

/** The only child of its kind. */
async function childOf<T extends KubeObject>(kind: Kind<T>): Promise<T> {
  const options = { namespace: system.namespace, labelSelector: `${LABEL.runUid}=${run.metadata.uid}` };
  const [child, ...others] = (await system.admin.list(kind, options)).items;
  expect(others).toEqual([]);
  if (!child) throw new Error(`the run has no ${kind.kind}`);
  return child;
}

const claims = ({ metadata: { labels, ownerReferences, uid } }: KubeObject) => ({ labels, ownerReferences, uid });

describe.each([JOB, CONFIG_MAP].map((kind: Kind) => ({ title: kind.kind, kind })))(
  'the $title of a task run',
  ({ kind }) => {
    it('gets back its owner', async () => {
      const child = await childOf(kind);
      const body = { metadata: { ownerReferences: null } };
      await system.admin.patch(kind, child.metadata, { type: 'merge', body });
      await until('it has its owner again', async () => (await childOf(kind)).metadata.ownerReferences?.length === 1);
      expect(claims(await childOf(kind))).toEqual(claims(child));
    });

    it('stays the only one: what the run owns and its plan does not wish goes', async () => {
      const child = await childOf(kind);
      const metadata = {
        name: `${run.metadata.name}-surplus`,
        namespace: system.namespace,
        labels: child.metadata.labels ?? {},
        ownerReferences: [ownerReference(run)],
      };
      const { apiVersion, kind: name } = kind;
      const spec = kind === JOB ? { spec: NO_WORK } : {};
      await system.admin.create(kind, { apiVersion, kind: name, metadata, ...spec } as KubeObject);
      await until('it is gone', () => system.admin.get(kind, named(metadata.name)).then(() => false, isNotFound));
      expect((await childOf(kind)).metadata.uid).toBe(child.metadata.uid);
    });
  },
);

it('leaves the name of its Job to whoever has it, says so, and goes on when it is free', async () => {
  const job = { apiVersion: JOB.apiVersion, kind: JOB.kind, metadata: named('taken'), spec: NO_WORK };
  await system.admin.create(JOB, job);
  await system.createRun('taken', { instanceRef: { name: 'idle' } });
  await until('the conflict is named', async () => (await system.run('taken')).status.reason === 'NameConflict');
  expect((await system.admin.get(JOB, named('taken'))).metadata.ownerReferences).toBeUndefined();
  await system.admin.delete(JOB, named('taken'), { propagationPolicy: 'Background' });
  await until('it works', async () => (await system.run('taken')).status.phase === 'Running');
});
