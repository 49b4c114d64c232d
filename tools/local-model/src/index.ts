export { ensureModel, findPython, type ModelFiles } from './ensure-model.js';
export { startLocalModel, MODEL_NAME, type LocalModel } from './local-model.js';
