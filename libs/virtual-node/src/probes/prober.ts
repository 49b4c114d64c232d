import type { V1Probe } from '@kubernetes/client-node';
import type { ContainerSite } from './container-site.js';
import { execute } from './execute.js';
import { checkGrpc } from './grpc-check.js';
import { checkHttp } from './http-check.js';
import { failed } from './probe-result.js';
import type { Prober } from './probe-worker.js';
import { checkTcp } from './tcp-check.js';

/** How a probe looks at the container. */
export function proberOf({ httpGet, tcpSocket, exec, grpc }: V1Probe, site: ContainerSite): Prober {
  if (httpGet) return (signal) => checkHttp(httpGet, site, signal);
  if (tcpSocket) return (signal) => checkTcp(tcpSocket, site, signal);
  if (exec) return (signal) => execute(exec.command ?? [], site, signal);
  if (grpc) return (signal) => checkGrpc(grpc, site, signal);
  return () => Promise.resolve(failed('this node knows no such probe'));
}
