export { resourcesOfCrd } from './resources-of-crd.js';
