export { HostRig, isRunWrite, type RigOptions } from './host-rig.js';
export { InstanceRig, SKILLS, WEB } from './instance-rig.js';
export { OBSERVATION, probeMode, probePlanner } from './probe-mode.js';
export { PROBE_APP, PROBE_DOOR, PROBE_SECRET, servingProbe } from './serving-probe.js';
export { ScheduleRig, type ScheduleParts } from './schedule-rig.js';
export { at, CHILD, CHILDREN, ServingRig } from './serving-rig.js';
