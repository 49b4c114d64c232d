/** How to reach and authenticate to one API server. */
export interface Connection {
  /** e.g. `https://127.0.0.1:6443` */
  readonly server: string;
  /** PEM. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
  readonly insecure?: boolean;
  /** Asked before each request; a token file or an exec plugin may change its answer. `fresh` after a 401. */
  readonly headers?: (fresh: boolean) => Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>>;
}
