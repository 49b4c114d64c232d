import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readArguments } from './dev-kube.js';

describe('readArguments', () => {
  it('takes the data folder out of all the arguments of `sympozium dev`', () => {
    const args = ['--port', '0', '--data-dir', 'state', '--image', 'a=b --data-dir x', '--no-demo'];
    expect(readArguments(args)).toEqual({ folder: resolve('state'), help: false });
    expect(readArguments(['--data-dir=/data']).folder).toBe('/data');
  });

  it('has a folder of its own choice, and leaves it to `sympozium dev` to refuse what is wrong', () => {
    expect(readArguments(['--bogus', '--data-dir']).folder).toBe(resolve('.sympozium'));
  });

  it.each(['--help', '-h'])('sees %s', (flag) => expect(readArguments([flag]).help).toBe(true));
});
