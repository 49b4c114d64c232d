export { createCrdAdmission } from './crd-admission.js';
export { CrdController, type CrdControllerOptions } from './crd-controller.js';
export { crdStrategy } from './crd-strategy.js';
export { resourcesOfCrd } from './resources-of-crd.js';
