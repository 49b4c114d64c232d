import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { choosePlan } from './address-plan.js';
import { IMAGES } from './images.js';
import { MACHINE } from './names.js';
import { commandInNode, programArguments, renderConfig } from './node-config.js';
import { projectFile } from './project-file.js';

const plan = choosePlan([]) ?? expect.unreachable();
const files = renderConfig(plan);
const json = (name: string): unknown => JSON.parse(files[name] ?? '');

describe('the node’s configuration', () => {
  it('makes the kubelet stay in its cgroup, and answer whom the API server knows', () => {
    expect(json('kubelet.json')).toMatchObject({
      cgroupRoot: `/${MACHINE.cgroup}`,
      address: plan.node,
      clusterDNS: [plan.dns],
      authentication: { anonymous: { enabled: false }, webhook: { enabled: true } },
      authorization: { mode: 'Webhook' },
    });
  });

  it('leaves the machine’s connection tracking alone', () => {
    expect(json('kube-proxy.json')).toMatchObject({ clusterCIDR: plan.pods, conntrack: { maxPerCore: 0, min: 0 } });
  });

  it('gives Pods their addresses', () => {
    expect(json('cni/10-bridge.conflist')).toMatchObject({
      plugins: [{ type: 'bridge', ipam: { ranges: [[{ subnet: plan.pods }]] } }, { type: 'portmap' }],
    });
  });

  it('takes sandboxes from an image that is made here, and loads nothing into the kernel', () => {
    expect(files['containerd.toml']).toContain(`sandbox = "${IMAGES.pause}"`);
    expect(files['containerd.toml']).toContain('disable_apparmor = true');
  });

  it('names only configuration that is written', () => {
    const text = [...Object.values(programArguments(plan)).flat(), ...Object.values(files)].join('\n');
    const named = [...text.matchAll(/\/run\/sympozium\/node\/config\/([\w./-]+)/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(3);
    for (const name of named)
      expect(
        Object.keys(files).some((file) => file.startsWith(name)),
        name,
      ).toBe(true);
  });

  it('starts programs without the environment of the starter', () => {
    const [env, clear, path, program, ...args] = commandInNode('ctr', ['version']);
    expect([env, clear, program, ...args]).toEqual(['/usr/bin/env', '-i', '/run/sympozium-bin/ctr', 'version']);
    expect(path).toMatch(/^PATH=\/run\/sympozium-bin:/);
  });
});

it('kubelet and control plane are of one version', () => {
  const pinned = (file: string) => /k8s\.io\/kubernetes (\S+)/.exec(readFileSync(projectFile(file), 'utf8'))?.[1];
  expect(pinned('go/kubernetes/go.mod')).toBe(pinned('../kube-assets/go/go.mod'));
});
