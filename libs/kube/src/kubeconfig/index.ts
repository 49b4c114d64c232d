export { clientFromKubeconfig, type KubeconfigClient, type KubeconfigOptions } from './client-from-kubeconfig.js';
