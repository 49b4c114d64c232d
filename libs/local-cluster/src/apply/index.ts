export { serverSideApply } from './server-side-apply.js';
export { trackUpdate } from './track-update.js';
