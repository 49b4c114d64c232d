import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MACHINE } from './names.js';

const CGROUPS = '/sys/fs/cgroup';

/** What a node left on this machine, or has there while it runs, one line each; `folder` is the node’s. */
export function residueOf(folder: string): string[] {
  return [
    ...processesNaming(folder).map((pid) => `process ${pid}`),
    ...mountsOf(folder).map((mount) => `mount ${mount}`),
    ...links().map((link) => `link ${link}`),
    ...cgroups().map((cgroup) => `cgroup ${cgroup}`),
    ...(existsSync(MACHINE.claim) ? [`file ${MACHINE.claim}`] : []),
  ];
}

function processesNaming(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
    } catch {
      return false; // it ended just now
    }
  });
}

function mountsOf(folder: string): string[] {
  const points = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return points.map((line) => line.split(' ')[1] ?? '').filter((point) => point.startsWith(folder));
}

function links(): string[] {
  const all = JSON.parse(execFileSync('ip', ['-json', 'link'], { encoding: 'utf8' })) as { ifname: string }[];
  return all.map(({ ifname }) => ifname).filter((name) => name === MACHINE.link);
}

function cgroups(): string[] {
  const hierarchies = [CGROUPS, ...readdirSync(CGROUPS).map((name) => join(CGROUPS, name))];
  return hierarchies.map((hierarchy) => join(hierarchy, MACHINE.cgroup)).filter(existsSync);
}
