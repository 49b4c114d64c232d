export { helmPath, kubectlPath } from './get-helm.js';
