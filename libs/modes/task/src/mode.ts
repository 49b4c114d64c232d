import { defineMode } from '@sympozium/plugin-sdk';
import { CONFIG_MAP, JOB, POD } from '@sympozium/plugin-sdk/manifests';
import { taskConfig, taskParams } from './config.js';
import { observeTask } from './observe.js';
import { planTask } from './plan.js';

/** The mode `task`: a run becomes one Job, works, and ends. */
export const taskMode = defineMode({
  name: 'task',
  lifecycle: 'once',
  owns: [{ kind: JOB }, { kind: CONFIG_MAP }],
  watches: [POD],
  params: taskParams,
  config: taskConfig,
  create: (config) => ({ plan: (view) => planTask(view, config), observe: observeTask }),
});
