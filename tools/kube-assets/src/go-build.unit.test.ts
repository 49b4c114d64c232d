import { describe, expect, it } from 'vitest';
import { BuildProgress } from './build-progress.js';
import { isNewEnough, linkerFlags } from './go-build.js';

describe('isNewEnough', () => {
  it.each([
    ['go1.26.0', true],
    ['go1.26', true],
    ['go1.27rc1', true],
    ['go2.0.1', true],
    ['go1.25.9', false],
    ['go1.3', false],
    ['devel +abc', false],
    ['', false],
  ])('%s: %s', (version, answer) => expect(isNewEnough(version)).toBe(answer));
});

describe('linkerFlags', () => {
  it('writes the version where server and clients read it', () => {
    const flags = linkerFlags('v1.37.2');
    expect(flags).toContain('-X k8s.io/component-base/version.gitVersion=v1.37.2');
    expect(flags).toContain('-X k8s.io/component-base/version.gitMinor=37');
    expect(flags).toContain('-X k8s.io/client-go/pkg/version.gitVersion=v1.37.2');
  });
});

describe('BuildProgress', () => {
  it('says every ten seconds how far the build is', () => {
    let now = 0;
    const told: string[] = [];
    const progress = new BuildProgress(
      (line) => told.push(line),
      () => now,
      2_500,
    );
    progress.see('go: downloading k8s.io/api v0.37.2');
    progress.see('k8s.io/api/core/v1');
    expect(told).toEqual([]);
    now = 65_000;
    progress.see('k8s.io/kubernetes/cmd/kube-apiserver');
    progress.see('go.etcd.io/etcd/server/v3');
    expect(told).toEqual(['1m05s: 1 modules downloaded, 2 packages compiled (of about 2,500)']);
  });

  it('keeps what Go said last, for the error', () => {
    const progress = new BuildProgress(
      () => {},
      () => 0,
      1,
    );
    for (let i = 0; i < 50; i++) progress.see(`line ${i}`);
    expect(progress.lastLines).toHaveLength(10);
    expect(progress.lastLines.at(-1)).toBe('line 49');
  });
});
