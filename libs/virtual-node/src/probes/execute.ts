import { spawn, type ChildProcess } from 'node:child_process';
import { killGroup } from '../process-record.js';
import type { ContainerSite } from './container-site.js';
import { failed, passed, type ProbeResult } from './probe-result.js';

/** Runs a command beside the container's process, with its environment and folder; killed, group and all, on abort. */
export function execute(command: readonly string[], site: ContainerSite, signal: AbortSignal): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const child = start(command, site);
    if (child instanceof Error) return resolve(failed(child.message));
    const { pid } = child;
    const kill = (): void => {
      if (pid !== undefined) killGroup(pid, 'SIGKILL');
    };
    const end = (result: ProbeResult): void => {
      signal.removeEventListener('abort', kill);
      resolve(signal.aborted ? failed(String(signal.reason)) : result);
    };
    if (pid !== undefined) site.guardian.watch(pid);
    if (signal.aborted) kill();
    signal.addEventListener('abort', kill, { once: true });
    child.once('error', (error) => end(failed(error.message)));
    child.once('exit', (code) => {
      kill(); // whoever it left behind
      if (pid !== undefined) site.guardian.forget(pid);
      end(code === 0 ? passed : failed(`the command ended with ${code ?? 'a signal'}`));
    });
  });
}

function start(command: readonly string[], site: ContainerSite): ChildProcess | Error {
  const [file = '', ...args] = site.inContainer(command);
  try {
    return spawn(file, args, {
      cwd: site.workingFolder,
      env: Object.fromEntries(site.environment),
      detached: true,
      stdio: 'ignore',
    });
  } catch (error) {
    return error as Error;
  }
}
