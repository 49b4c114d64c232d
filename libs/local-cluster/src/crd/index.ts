export { createCrdAdmission } from './crd-admission.js';
export { CrdController } from './crd-controller.js';
export { crdStrategy } from './crd-strategy.js';
export { resourcesOfCrd } from './resources-of-crd.js';
