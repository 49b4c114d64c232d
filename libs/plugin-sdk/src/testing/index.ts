export { describeMode, modeFaults, type ModeExamples } from './describe-mode.js';
export { describeSkillPack, skillPackFaults } from './describe-skill-pack.js';
export { restrictedViolations } from './pod-security.js';
export {
  agentRun,
  frozenView,
  objectIndex,
  runView,
  sympoziumInstance,
  type InstanceParts,
  type RunParts,
  type ViewParts,
} from './run-view.js';
