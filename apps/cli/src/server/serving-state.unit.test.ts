import { describe, expect, it } from 'vitest';
import { condition, READY, ServedWorld, skill } from '../testing/served-world.js';
import { servingState } from './serving-state.js';

const world = new ServedWorld();

describe('servingState', () => {
  it('is serving once the server run says so', () => {
    const state = servingState(world.instance(), world.serving());
    expect(state).toMatchObject({ serving: true });
    expect(state).not.toHaveProperty('trouble');
  });

  it('goes on serving while something is wrong, and says what', () => {
    const broken = condition('Ready', 'False', 'ServerUnavailable', 'the Deployment is gone');
    expect(servingState(world.instance(), world.serving({ conditions: [broken] }))).toMatchObject({
      serving: true,
      trouble: { reason: 'ServerUnavailable', message: 'the Deployment is gone' },
    });
    expect(servingState(world.instance(), world.serving({ conditions: [] }))).toMatchObject({
      trouble: { reason: 'Waiting' },
    });
  });

  it('is the run’s own reason while it does not serve, and in vain to wait for once it failed', () => {
    const why = { reason: 'ImagePullFailed', message: 'no such image' } as const;
    const waiting = world.run({ ...why, conditions: [condition('Ready', 'False', 'Waiting')] });
    expect(servingState(world.instance(), waiting)).toMatchObject({ serving: false, final: false, ...why });
    expect(servingState(world.instance(), world.run({ phase: 'Failed', ...why }))).toMatchObject({ final: true });
    expect(servingState(world.instance(), world.run({}))).toMatchObject({ final: false, reason: 'Waiting' });
  });

  it('is not the run of another, nor a task of the same name', () => {
    const others = [
      world.run({ phase: 'Serving', conditions: [READY] }, { instanceRef: { name: 'other' } }),
      world.run({ phase: 'Running', mode: 'task' }, { mode: 'task' }),
    ];
    for (const other of others) expect(servingState(world.instance(), other)).toMatchObject({ serving: false });
  });
});

describe('without a server run', () => {
  it('says how to get one when no skill asks for it', () => {
    const state = servingState(world.instance({ skills: [] }), undefined);
    expect(state).toMatchObject({ serving: false, final: true, reason: 'NoServerSidecar' });
    expect(state).toMatchObject({
      message: expect.stringContaining('kubectl patch sinst writer --type merge -p \'{"spec"'),
    });
  });

  it('says what the operator says, or that it has said nothing', () => {
    const missing = condition('Accepted', 'False', 'SkillPackNotFound', 'there is no SkillPack web-endpoint');
    const told = world.instance({}, { status: { conditions: [missing] } });
    expect(servingState(told, undefined)).toMatchObject({ final: false, reason: 'SkillPackNotFound' });
    expect(servingState(world.instance(), undefined)).toMatchObject({
      final: false,
      message: 'the operator has not looked at it yet',
      next: 'Check that it runs and watches the namespace.',
    });
  });

  it('names the skills when none of them brings a server', () => {
    const metadata = { name: 'writer', generation: 3 };
    const instance = world.instance(
      { skills: [skill('git'), skill('web')] },
      { metadata, status: { observedGeneration: 3 } },
    );
    expect(servingState(instance, undefined)).toMatchObject({
      reason: 'NoServerSidecar',
      message: expect.stringContaining('none of its skills (git, web) brings a server'),
    });
  });
});
