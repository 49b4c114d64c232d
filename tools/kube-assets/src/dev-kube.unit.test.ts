import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readArguments } from './dev-kube.js';

describe('readArguments', () => {
  it('takes the data folder, and leaves all arguments to `sympozium dev`', () => {
    const args = ['--port', '0', '--data-dir', 'state', '--image', 'a=b --data-dir x', '--no-demo'];
    expect(readArguments(args)).toEqual({ folder: resolve('state'), forwarded: args, fromStart: false, help: false });
    expect(readArguments(['--data-dir=/data']).folder).toBe('/data');
  });

  it('has a folder of its own choice, and leaves it to `sympozium dev` to refuse what is wrong', () => {
    expect(readArguments(['--bogus', '--data-dir']).folder).toBe(resolve('.sympozium'));
  });

  it('knows that npm start called', () => {
    expect(readArguments(['--from-start', '--verbose'])).toMatchObject({ fromStart: true, forwarded: ['--verbose'] });
  });

  it.each(['--help', '-h'])('sees %s', (flag) => expect(readArguments([flag]).help).toBe(true));
});
