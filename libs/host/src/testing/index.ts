export { HostRig, type RigOptions } from './host-rig.js';
export { OBSERVATION, probeMode, probePlanner } from './probe-mode.js';
