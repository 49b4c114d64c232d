export { serverSideApply } from './server-side-apply.js';
export type { ApplyRequest } from './server-side-apply.js';
export { trackUpdate } from './track-update.js';
export type { UpdateRequest } from './track-update.js';
