import { describe, expect, it } from 'vitest';
import { describeContainer } from './containerd.js';

describe('describeContainer', () => {
  const labels = { 'io.kubernetes.pod.namespace': 'kube-system', 'io.kubernetes.pod.name': 'coredns-1' };

  it('names a container as its Pod does', () => {
    const info = { Image: 'localhost/coredns:1', Labels: { ...labels, 'io.kubernetes.container.name': 'coredns' } };
    expect(describeContainer('a', JSON.stringify(info))).toEqual({
      id: 'a',
      namespace: 'kube-system',
      pod: 'coredns-1',
      name: 'coredns',
      image: 'localhost/coredns:1',
    });
  });

  it('gives a sandbox no name', () => {
    const described = describeContainer('b', JSON.stringify({ Image: 'localhost/pause:1', Labels: labels }));
    expect(described).not.toHaveProperty('name');
  });
});
