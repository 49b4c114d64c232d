/** Where a control plane runs, and which nodes it has. */
export interface Place {
  /** Command that runs the program and arguments after it there; empty: right here. */
  readonly enter: readonly string[];
  /** The API server’s, for its clients, nodes and Pods. */
  readonly address: string;
  /** The API server’s; absent: one that is free on loopback. */
  readonly port?: number;
  /** ClusterIPs of Services. */
  readonly serviceRange: string;
  /** ClusterIP of the Service `kubernetes`: the range’s first. */
  readonly serviceAddress: string;
  /** Names and addresses that the kubelet’s certificate is good for. */
  readonly kubeletHosts: readonly string[];
  /**
   * Nodes of a kubelet and containers: they have what Kubernetes gives to nodes, volumes and certificates among it, and
   * may do no more than nodes may.
   */
  readonly realNodes: boolean;
}

/** Services are inside the loopback range, so that they need no rights and meet no other network. */
export const LOOPBACK: Place = {
  enter: [],
  address: '127.0.0.1',
  serviceRange: '127.96.0.0/16',
  serviceAddress: '127.96.0.1',
  kubeletHosts: ['127.0.0.1', 'localhost'],
  realNodes: false,
};
