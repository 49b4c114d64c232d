export { clientFromKubeconfig, type KubeconfigClient, type KubeconfigOptions } from './client-from-kubeconfig.js';
export { loadKubeconfig, type KubeconfigChoice } from './load-kubeconfig.js';
