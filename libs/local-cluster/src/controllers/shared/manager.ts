/** In whose name the controllers write; as the real ones. */
export const MANAGER = { fieldManager: 'kube-controller-manager' } as const;
