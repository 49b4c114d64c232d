import { kindKey, type AgentRun } from '@sympozium/api';
import type { Desired, ModePlugin, Observation, ObservedView, RunView } from '@sympozium/plugin-sdk';
import type { Mode } from '../plugins/mode-registry.js';
import { explainIssues } from '../plugins/standard-schema.js';
import { dress, type Wished } from './dress.js';
import { isObstacle, obstacle, type Obstacle } from './obstacle.js';

/** `spec.params` as each part of a mode understands it, in the order of the parts. */
export type Params = readonly unknown[];

/** The run's parameters by the schemas of its mode's plugins; a wrong one can never become right. */
export async function readParams(mode: Mode, run: AgentRun): Promise<Params | Obstacle> {
  const params: unknown[] = [];
  for (const { plugin } of mode.parts) {
    const parsed = await guarded('Accepted', plugin.name, async () =>
      plugin.params['~standard'].validate(run.spec.params ?? {}),
    );
    if (isObstacle(parsed)) return parsed;
    if (parsed.issues) return { ...obstacle('Accepted', 'InvalidParams', explainIssues(parsed.issues)), final: true };
    params.push(parsed.value);
  }
  return params;
}

/** Everything that should exist for the run. What a plugin throws, or may not wish, is an obstacle. */
export async function planRun(mode: Mode, params: Params, view: RunView): Promise<readonly Wished[] | Obstacle> {
  const wished: Wished[] = [];
  for (const [at, part] of mode.parts.entries()) {
    const plan = await guarded('Applied', part.plugin.name, () => [
      ...part.planner.plan({ ...view, params: params[at] }),
    ]);
    if (isObstacle(plan)) return plan;
    for (const desired of plan) {
      const one = checkOwned(part.plugin, desired);
      if (isObstacle(one)) return one;
      wished.push(dress(one, view.run, mode.name));
    }
  }
  return wished;
}

/** What is the case: the base decides the state, what extends it only adds conditions. */
export async function observeRun(mode: Mode, params: Params, view: ObservedView): Promise<Observation | Obstacle> {
  const observations: Observation[] = [];
  for (const [at, { plugin, planner }] of mode.parts.entries()) {
    const seen = await guarded('Ready', plugin.name, () => planner.observe({ ...view, params: params[at] }));
    if (isObstacle(seen)) return seen;
    observations.push(seen);
  }
  const [base, ...extensions] = observations;
  if (!base) return { state: 'pending' };
  const rechecks = observations.flatMap(({ recheckAfterMs }) => recheckAfterMs ?? []);
  const hostname = extensions.map((extension) => extension.hostname).find((name) => name !== undefined);
  return {
    ...(base.state === 'serving' && hostname !== undefined
      ? { ...base, endpoint: { ...base.endpoint, hostname } }
      : base),
    conditions: [base, ...extensions].flatMap(({ conditions = [] }) => conditions),
    ...(rechecks.length > 0 && { recheckAfterMs: Math.min(...rechecks) }),
  };
}

function checkOwned({ name, owns }: ModePlugin, desired: Desired): Wished | Obstacle {
  const owned = owns.find(({ kind }) => kindKey(kind) === kindKey(desired.object));
  const what = `${kindKey(desired.object)} ${desired.object.metadata.name}`;
  if (!owned) return obstacle('Applied', 'PLUGIN_KIND_FORBIDDEN', `${name} wants ${what}`);
  return { desired, kind: owned.kind, plugin: name };
}

/** A plugin's answer, or the obstacle its error makes. */
async function guarded<T>(
  condition: Obstacle['condition'],
  plugin: string,
  ask: () => T | Promise<T>,
): Promise<T | Obstacle> {
  try {
    return await ask();
  } catch (cause) {
    const detail = `${plugin}: ${cause instanceof Error ? cause.message : String(cause)}`;
    return { ...obstacle(condition, 'PluginError', detail), cause };
  }
}
