import { LABEL, streamAudience } from '@sympozium/api';
import type { RunView } from '@sympozium/plugin-sdk';
import type { Job } from '@sympozium/plugin-sdk/manifests';
import { restrictedViolations, runView, type InstanceParts, type RunParts } from '@sympozium/plugin-sdk/testing';
import { describe, expect, it } from 'vitest';
import { envelope, jobObject, podObject, RUN_UID, STARTED, terminated, viewOf } from './cluster-objects.test.js';
import { taskConfig, type TaskParams } from './config.js';
import { planTask } from './plan.js';

const config = taskConfig.parse({});
const planOf = (view: RunView<TaskParams>) => planTask(view, config);
const kinds = (view: RunView<TaskParams>) => planOf(view).map(({ object }) => object.kind);

function plannedJob(run: RunParts = {}, instance: InstanceParts = {}): Job {
  const job = planOf(runView({ run, instance })).find(({ object }) => object.kind === 'Job')?.object as Job | undefined;
  if (!job) throw new Error('no Job is planned');
  return job;
}

const specOf = (view: RunView<TaskParams>) => (planOf(view).at(-1)?.object as Job | undefined)?.spec;
const agentOf = (job: Job) => job.spec.template.spec?.containers[0];

describe('a task has one Job in its life', () => {
  const recorded = { status: { children: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'hello', uid: 'gone' }] } };

  it.each([
    ['is planned for a fresh run', viewOf(undefined), ['Job']],
    ['stays planned while it is there', viewOf(jobObject()), ['Job']],
    ['is not planned again when the status records it', viewOf(undefined, [], recorded), []],
    ['is not planned again when the run had started', viewOf(undefined, [], { status: { startedAt: STARTED } }), []],
    ['is not planned again when its Pod is seen', viewOf(undefined, [podObject()]), []],
    ['is not planned for a run that was cancelled before it', viewOf(undefined, [], { spec: { cancel: true } }), []],
    [
      'is left planned, and stopped, when the run is cancelled',
      viewOf(jobObject(), [], { spec: { cancel: true } }),
      ['Job'],
    ],
  ])('which %s', (_case, view, expected) => {
    expect(kinds(view)).toEqual(expected);
  });

  it('whose input stays where it was, though the instance was edited meanwhile', () => {
    const job = plannedJob();
    const instance = { spec: { systemPrompt: 'x'.repeat(300_000) } };
    expect(kinds(runView({ instance, children: [job] }))).toEqual(['Job']);
    expect(kinds(runView({ instance }))).toEqual(['ConfigMap', 'Job']);
  });
});

describe('the Job', () => {
  it.each([
    ['10m', 600],
    ['1h30m', 5400],
    ['1500ms', 2],
    ['8760h', 31_536_000],
  ])('has a deadline of the run’s timeout %s', (timeout, seconds) => {
    expect(plannedJob({ spec: { timeout } }).spec.activeDeadlineSeconds).toBe(seconds);
  });

  it('tries a failed Pod as often as the run allows, one at a time, and leaves deletion to its owner', () => {
    expect(plannedJob({ spec: { retry: { limit: 3 } } }).spec).toMatchObject({
      backoffLimit: 3,
      podReplacementPolicy: 'Failed',
    });
    expect(plannedJob().spec.ttlSecondsAfterFinished).toBeUndefined();
  });

  it.each([
    [0, 'FailJob'],
    [2, 'Count'],
  ])('with %i retries takes a disruption as %s', (limit, action) => {
    expect(plannedJob({ spec: { retry: { limit } } }).spec.podFailurePolicy?.rules).toEqual([
      { action, onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
    ]);
  });

  it('is stopped by a cancel, and by an answer that its exit code would have it try again', () => {
    const retry = { spec: { retry: { limit: 1 } } };
    const answered = (exitCode: number) => podObject({ status: terminated(exitCode, envelope()) });
    expect(specOf(viewOf(jobObject()))?.suspend).toBe(false);
    expect(specOf(viewOf(jobObject(), [], { spec: { cancel: true } }))?.suspend).toBe(true);
    expect(specOf(viewOf(jobObject(), [answered(1)], retry))?.suspend).toBe(true);
    expect(specOf(viewOf(jobObject(), [answered(0)], retry))?.suspend).toBe(false);
    expect(specOf(viewOf(jobObject(), [podObject({ status: terminated(1) })], retry))?.suspend).toBe(false);
  });
});

describe('the Pod', () => {
  it('satisfies Pod Security restricted, cannot write its root, and has no API credential', () => {
    const { spec } = plannedJob().spec.template;
    expect(spec && restrictedViolations(spec)).toEqual([]);
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: 'Never',
    });
    expect(spec?.containers.map(({ securityContext }) => securityContext?.readOnlyRootFilesystem)).toEqual([true]);
  });

  it('carries the labels by which a view finds it', () => {
    const run = { metadata: { labels: { [LABEL.key]: 'team-a' } } };
    expect(plannedJob(run).spec.template.metadata?.labels).toMatchObject({
      [LABEL.run]: 'hello',
      [LABEL.runUid]: RUN_UID,
      [LABEL.instance]: 'demo',
      [LABEL.mode]: 'task',
      [LABEL.key]: 'team-a',
    });
  });

  it('mounts one volume with everything, and a token that only this run’s stream takes', () => {
    const model = { provider: 'openai', name: 'm', caBundleRef: { name: 'corporate', key: 'ca.crt' } };
    const job = plannedJob({ spec: { stream: { url: 'http://10.0.0.1:8081/runs/hello' } } }, { spec: { model } });
    const [volume] = job.spec.template.spec?.volumes ?? [];
    expect(volume?.projected?.sources).toEqual([
      { downwardAPI: expect.anything() },
      { serviceAccountToken: { audience: streamAudience(RUN_UID), expirationSeconds: 3600, path: 'token' } },
      { configMap: { name: 'corporate', items: [{ key: 'ca.crt', path: 'ca.pem' }] } },
    ]);
    expect(agentOf(job)?.volumeMounts).toContainEqual({
      name: volume?.name,
      mountPath: '/run/sympozium',
      readOnly: true,
    });
  });

  it('mounts no token where nobody waits for frames', () => {
    expect(JSON.stringify(plannedJob())).not.toContain('serviceAccountToken');
  });

  it('runs the instance’s own agent, or the operator’s', () => {
    const agent = { image: 'mine:1', command: ['python3'], args: ['agent.py'] };
    expect(agentOf(plannedJob({}, { spec: { agent } }))).toMatchObject(agent);
    expect(agentOf(plannedJob({}, { spec: { agent: { image: 'mine:1' } } }))).not.toHaveProperty('command');
    expect(agentOf(plannedJob())?.image).toBe(config.agentImage);
  });

  it('takes the run’s word on its placement and amounts over the instance’s', () => {
    const runDefaults = {
      podTemplate: {
        nodeSelector: { pool: 'any' },
        priorityClassName: 'low',
        resources: { limits: { cpu: '1', memory: '1Gi' } },
      },
    };
    const podTemplate = { nodeSelector: { pool: 'gpu' }, resources: { limits: { memory: '2Gi' } } };
    const job = plannedJob({ spec: { podTemplate } }, { spec: { runDefaults } });
    expect(job.spec.template.spec).toMatchObject({ nodeSelector: { pool: 'gpu' }, priorityClassName: 'low' });
    expect(agentOf(job)?.resources?.limits).toEqual({ cpu: '1', memory: '2Gi' });
  });

  it('takes nothing else from a run, whatever an API server without our schema would let through', () => {
    const smuggled = {
      hostNetwork: true,
      serviceAccountName: 'admin',
      volumes: [{ name: 'host', hostPath: { path: '/' } }],
    };
    const view = runView<TaskParams>();
    const spec = { ...view.run.spec, podTemplate: smuggled as object };
    const forged = { ...view, run: { ...view.run, spec } };
    expect(planOf(forged)).toEqual(planOf(view));
  });
});
