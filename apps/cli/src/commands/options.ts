/** Options that most commands share. */
export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly namespace: string;
}

export interface OutputOptions {
  readonly output: 'text' | 'json';
}
