import type { V1LifecycleHandler } from '@kubernetes/client-node';
import { delay, type Clock } from '@sympozium/process';
import type { ContainerSite } from './container-site.js';
import { execute } from './execute.js';
import { checkHttp } from './http-check.js';
import { failed, passed, type ProbeResult } from './probe-result.js';

/** Runs a lifecycle hook to its end; it is given up when the signal says so. */
export async function runHook(
  { exec, httpGet, sleep }: V1LifecycleHandler,
  site: ContainerSite,
  clock: Clock,
  signal: AbortSignal,
): Promise<ProbeResult> {
  if (exec) return execute(exec.command ?? [], site, signal);
  if (httpGet) return checkHttp(httpGet, site, signal);
  if (!sleep) return failed('this node knows no such hook');
  const slept = delay(clock, sleep.seconds * 1000, signal);
  return slept.then(
    () => passed,
    (error: unknown) => failed(String(error)),
  );
}
