import { ensureNodeAssets, residueOf, startRealNode } from '@sympozium/real-node';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { workspaceFile } from '../fixture/app-process.js';
import { suiteNode } from '../fixture/node-access.js';
import { until } from '../fixture/until.js';

const { node, missing } = suiteNode();
const SCRIPT = workspaceFile('tools/real-node/scripts/hold.sh');
/** Beside the suite’s own node. */
const CGROUP = 'sympozium-end-test';
const LINK = 'sympozium-end';

describe.skipIf(node === undefined)(
  missing === undefined ? 'a node’s end' : `a node’s end (skipped: ${missing})`,
  () => {
    let folder: string;
    beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'sympozium-end-'))));
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    it('is waited for: a machine has one node at a time', async () => {
      const second = startRealNode({ folder, assets: await ensureNodeAssets() });
      await expect(second).rejects.toThrow(/a real node runs already, in .* by process \d+/);
      expect(residueOf(folder).filter((what) => what.startsWith('process'))).toEqual([]);
    });

    it('takes everything along when its starter is killed', async () => {
      const { starter, pid } = await startHolder();
      const inside = spawn('nsenter', ['--target', pid, '--net', '--mount', '--pid', 'sleep', '600'], {
        stdio: 'ignore',
      });
      execFileSync('ip', ['link', 'add', LINK, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', pid]);
      await until('the process runs in a cgroup of the node', () => joinCgroup(inside));
      expect(cgroups()).not.toEqual([]);

      const ended = once(inside, 'exit');
      starter.kill('SIGKILL');
      expect(await ended).toEqual([null, 'SIGKILL']);
      await until('cgroups, link and claim are gone', () => cgroups().length === 0 && !links().includes(LINK));
      expect(existsSync(`/proc/${pid}`)).toBe(false);
      expect(existsSync(join(folder, 'claim.json'))).toBe(false);
    });

    /** A process that holds a node’s namespaces, as `startRealNode` does, and the id of their first process. */
    async function startHolder(): Promise<{ starter: ChildProcess; pid: string }> {
      const args = [folder, folder, CGROUP, LINK, folder, join(folder, 'claim.json')];
      const program = `
      require('node:fs').writeFileSync(${JSON.stringify(args.at(-1))}, JSON.stringify({ pid: process.pid, folder: 'x' }));
      require('node:child_process').spawn(
        ${JSON.stringify(SCRIPT)}, ${JSON.stringify(args)}, { stdio: ['pipe', 'inherit', 'inherit'], detached: true });`;
      const starter = spawn(process.execPath, ['--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [pid] = (await once(createInterface({ input: starter.stdout }), 'line')) as [string];
      return { starter, pid };
    }
  },
);

/** A kubelet puts containers there; deeper ones go with it. */
function joinCgroup({ pid }: ChildProcess): boolean {
  const [cgroup] = cgroups();
  if (cgroup === undefined || pid === undefined) return false;
  const pods = join(cgroup, 'kubepods');
  execFileSync('sh', ['-c', 'mkdir -p "$0" && echo "$1" > "$0/cgroup.procs"', pods, String(pid)]);
  return true;
}

const cgroups = (): string[] =>
  ['', 'memory', 'pids'].map((name) => join('/sys/fs/cgroup', name, CGROUP)).filter((path) => existsSync(path));

const links = (): string[] => readdirSync('/sys/class/net');
