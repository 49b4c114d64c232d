import type { Kind, KubeObject } from '@sympozium/api';
import { FakeKubeClient } from '@sympozium/kube/testing';
import { FakeClock, seededRandom, settle, silentLogger } from '@sympozium/process/testing';
import { createControllers } from '../create-controllers.js';
import { CONFIG_MAP } from '../shared/kinds.js';
import { POD, type Pod } from '../shared/pod.js';

/** All controllers on an API in memory, at a clock that stands. */
export async function startTestControllers() {
  const clock = new FakeClock();
  const random = seededRandom(7);
  const client = new FakeKubeClient({ clock, random });
  let kinds: readonly Kind[] = [POD, CONFIG_MAP];
  const listeners = new Set<() => void>();
  const controllers = createControllers({
    ...{ client, clock, random, log: silentLogger(), rootCa: 'PEM', kinds: () => kinds },
    onKindsChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  const starting = controllers.start();
  await idle();
  await starting;
  return {
    ...{ client, clock, stop: () => controllers.stop() },
    create: async <T extends KubeObject>(kind: Kind<T>, object: object): Promise<T> => {
      const created = await client.create(kind, {
        apiVersion: kind.apiVersion,
        kind: kind.kind,
        ...object,
      } as KubeObject);
      await idle();
      return created as T;
    },
    pods: (): Pod[] => client.server.objects(POD),
    setStatus: async (pod: Pod, status: object): Promise<void> => {
      const key = { namespace: pod.metadata.namespace ?? '', name: pod.metadata.name };
      await client.patch(POD, key, { type: 'merge', body: { status } }, { subresource: 'status' });
      await idle();
    },
    serve: async (more: readonly Kind[]): Promise<void> => {
      kinds = [...kinds, ...more];
      for (const listener of listeners) listener();
      await idle();
    },
    advance: async (ms: number): Promise<void> => {
      await clock.advance(ms);
      await idle();
    },
  };
}

/** Until everything that is ready to run has run, through several hops of events. */
export async function idle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await settle();
}
