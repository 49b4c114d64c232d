import { describe, expect, it } from 'vitest';
import { readArguments } from './dev-node.js';

describe('readArguments', () => {
  it('has a folder of its own', () => {
    const { folder, images, help } = readArguments([]);
    expect(folder).toMatch(/\/\.sympozium\/node$/);
    expect([images, help]).toEqual([[], false]);
  });

  it('takes several images, as whole paths', () => {
    const { images } = readArguments(['--image', '/a.tar', '--image', 'b.tar']);
    expect(images).toEqual(['/a.tar', `${process.cwd()}/b.tar`]);
  });

  it('refuses what it does not know', () => expect(() => readArguments(['--nodes', '3'])).toThrow(/--nodes/));
});
