import { clientFromKubeconfig } from '@sympozium/kube/kubeconfig';
import { startControlPlane } from '@sympozium/kube-assets';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { processesOf } from '../fixture/processes.js';

it('several start at a time, are apart from each other, and stop without residue', async () => {
  const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'sympozium-plane-')));
  const planes = await Promise.all(folders.map((folder) => startControlPlane({ folder })));
  const versions = await Promise.all(
    planes.map(async ({ kubeconfig }) => {
      const { client } = await clientFromKubeconfig({ kubeconfig });
      const version = (await client.raw('GET', '/version')) as { gitVersion: string };
      await client.close();
      return version.gitVersion;
    }),
  );
  expect(versions).toEqual(['v1.37.2', 'v1.37.2']);
  expect(new Set(planes.map(({ server }) => server)).size).toBe(2);
  expect(folders.map((folder) => processesOf(folder).length > 0)).toEqual([true, true]);
  await Promise.all(planes.map((plane) => plane.stop()));
  expect(folders.map((folder) => processesOf(folder))).toEqual([[], []]);
  for (const folder of folders) rmSync(folder, { recursive: true });
});
