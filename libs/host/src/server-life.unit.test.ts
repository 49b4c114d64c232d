import { SYMPOZIUM_INSTANCE, TEARDOWN_FINALIZER, type Kind } from '@sympozium/api';
import { KubeError } from '@sympozium/kube';
import type { Call } from '@sympozium/kube/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { at, CHILD, CHILDREN, PROBE_APP, PROBE_SECRET, ServingRig } from './testing/index.js';

const DAY_MS = 24 * 60 * 60_000;
const LABELS_AWAY = { 'sympozium.ai/run': null };

type Deed = (nth: number) => unknown;

let rig: ServingRig;

beforeEach(async () => {
  rig = await ServingRig.started();
});

afterEach(() => rig.stop());

describe('a run that serves', () => {
  it('is held by the finalizer before its first child, and makes its children in their order', async () => {
    await rig.create();
    expect(rig.writes).toEqual([
      'PATCH agentruns',
      'POST secrets',
      'PATCH apps',
      'PATCH doors',
      'PATCH agentruns/status',
    ]);
    expect(rig.stored()).toMatchObject({
      metadata: { finalizers: [TEARDOWN_FINALIZER] },
      status: { phase: 'Pending', reason: 'ServerUnavailable' },
    });
  });

  it('stays Serving when what serves breaks, and says so until it works again', async () => {
    await rig.serve();
    rig.ready(false);
    await rig.quiet();
    expect(rig.stored()?.status).toMatchObject({ phase: 'Serving', reason: 'ServerUnavailable' });
    expect(rig.stored()?.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Ready', status: 'False', reason: 'ServerUnavailable' }),
    );
    rig.ready(true);
    await rig.quiet();
    expect(rig.stored()?.status.reason).toBeUndefined();
    expect(rig.writes).toEqual(['PATCH agentruns/status', 'PATCH agentruns/status']);
  });

  it('does not end with its timeout, and makes no write while nothing changes', async () => {
    await rig.serve();
    await rig.advance(DAY_MS);
    expect(rig.writes).toEqual([]);
  });

  it('rolls out what its instance wishes, and rolls back', async () => {
    await rig.serve();
    for (const replicas of [3, 1]) {
      rig.server.patch(SYMPOZIUM_INSTANCE, at('demo'), { type: 'merge', body: { spec: { endpoint: { replicas } } } });
      await rig.quiet();
      expect(rig.server.peek(PROBE_APP, CHILD.app)?.spec.replicas).toBe(replicas);
    }
    expect(rig.writes).toEqual(['PATCH apps', 'PATCH apps']);
  });
});

describe('its children', () => {
  it.each(CHILDREN)('get back labels and owner that somebody took from a %s, in one write', async (_, kind, name) => {
    await rig.serve();
    const whole = rig.server.peek(kind, name)?.metadata;
    for (const metadata of [
      { labels: { 'sympozium.ai/run': null } },
      { labels: { 'sympozium.ai/instance': null } },
      { ownerReferences: null },
    ]) {
      rig.client.forgetCalls();
      rig.server.patch(kind, name, { type: 'merge', body: { metadata } });
      await rig.quiet();
      expect(rig.server.peek(kind, name)?.metadata).toMatchObject({
        uid: whole?.uid,
        labels: whole?.labels,
        ownerReferences: whole?.ownerReferences,
      });
      expect(rig.writes.filter((write) => write.startsWith('PATCH') && !write.includes('agentruns'))).toHaveLength(1);
    }
  });

  it.each(CHILDREN)('leave a foreign %s of the same name alone, and say so', async (_, kind, name) => {
    await rig.serve();
    rig.server.delete(kind, name);
    const foreign = rig.server.create(kind, { apiVersion: kind.apiVersion, kind: kind.kind, metadata: name });
    await rig.advance(10_000);
    expect(rig.server.peek(kind, name)?.metadata.uid).toBe(foreign.metadata.uid);
    expect(rig.server.peek(kind, name)?.metadata.ownerReferences).toBeUndefined();
    expect(rig.stored()?.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Applied', status: 'False', reason: 'NameConflict' }),
    );
    rig.server.delete(kind, name);
    await rig.advance(60_000);
    expect(rig.server.peek(kind, name)?.metadata.ownerReferences).toHaveLength(1);
  });

  it('are overwritten where edits of others make an apply invalid', async () => {
    await rig.serve();
    const isApply = ({ verb, kind }: Call): boolean => verb === 'patch' && kind === PROBE_APP;
    rig.client.fail(isApply, new KubeError(422, 'Invalid', 'duplicate name'));
    rig.server.patch(PROBE_APP, CHILD.app, { type: 'merge', body: { spec: { replicas: 9 } } });
    await rig.quiet();
    expect(rig.server.peek(PROBE_APP, CHILD.app)).toMatchObject({ spec: { replicas: 1 }, status: { ready: true } });
    expect(rig.writes).toEqual(['PATCH apps', 'PATCH apps']);
  });

  it.each<[string, Kind, Deed]>([
    ['changing an App', PROBE_APP, (nth) => rig.patch(PROBE_APP, CHILD.app, { spec: { replicas: 2 + (nth % 2) } })],
    ['deleting an App', PROBE_APP, () => rig.server.delete(PROBE_APP, CHILD.app)],
    ['deleting a Secret', PROBE_SECRET, () => rig.server.delete(PROBE_SECRET, CHILD.key)],
    ['emptying a Secret', PROBE_SECRET, () => rig.patch(PROBE_SECRET, CHILD.key, { data: { 'api-key': null } })],
    [
      'taking a Secret’s label',
      PROBE_SECRET,
      () => rig.patch(PROBE_SECRET, CHILD.key, { metadata: { labels: LABELS_AWAY } }),
    ],
  ])('are not fought over: who keeps %s wins, and is named as the reason', async (_what, kind, deed) => {
    await rig.serve();
    const name = kind === PROBE_APP ? CHILD.app : CHILD.key;
    for (let nth = 0; nth < 50; nth += 1) {
      if (rig.server.peek(kind, name)) deed(nth);
      await rig.quiet();
    }
    expect(rig.writes.filter((write) => write.endsWith(kind.plural)).length).toBeLessThanOrEqual(40);
    expect(rig.stored()?.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Applied', status: 'False', reason: 'ApplyContested' }),
    );
    const written = rig.writes.length;
    await rig.advance(5 * 60_000);
    expect(rig.writes).toHaveLength(written);
    await rig.advance(6 * 60_000);
    expect(rig.server.peek(PROBE_APP, CHILD.app)?.spec.replicas).toBe(1);
    expect(rig.text('api-key')).toMatch(/^sk-/);
    expect(rig.stored()?.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Applied', status: 'True' }),
    );
  });

  it('are mended after any number of failures of the API server', async () => {
    await rig.serve();
    const isApply = ({ verb, kind }: Call): boolean => verb === 'patch' && kind === PROBE_APP;
    const heal = rig.client.fail(isApply, new KubeError(500, 'InternalError', 'oops'), { times: Infinity });
    rig.patch(PROBE_APP, CHILD.app, { spec: { replicas: 9 } });
    await rig.advance(15 * 60_000);
    heal();
    await rig.advance(60_000);
    expect(rig.server.peek(PROBE_APP, CHILD.app)?.spec.replicas).toBe(1);
  });
});
