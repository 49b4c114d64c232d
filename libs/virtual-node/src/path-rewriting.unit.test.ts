import { describe, expect, it } from 'vitest';
import { PathRewriter } from './path-rewriting.js';

const rewriter = new PathRewriter([
  { from: '/run/sympozium/', to: '/pods/1/volumes/run' },
  { from: '/run/sympozium/keys', to: '/pods/1/volumes/keys' },
  { from: '/dev/termination-log', to: '/pods/1/message' },
]);

it.each([
  ['/run/sympozium', '/pods/1/volumes/run'],
  ['/run/sympozium/input.json', '/pods/1/volumes/run/input.json'],
  ['/run/sympozium/keys/a', '/pods/1/volumes/keys/a'], // the longest mount wins
  ['/run/sympozium-other', '/run/sympozium-other'],
  ['/run', '/run'],
  ['/dev/termination-log', '/pods/1/message'],
  ['/bin:/run/sympozium/bin', '/bin:/pods/1/volumes/run/bin'],
  ['/run/sympozium/a:b', '/pods/1/volumes/run/a:b'],
  ['see /run/sympozium/input.json', 'see /run/sympozium/input.json'],
  ['http://host/run/sympozium', 'http://host/run/sympozium'],
  ['', ''],
])('the value %s becomes %s', (value, expected) => {
  expect(rewriter.value(value)).toBe(expected);
});

it.each([
  ['--input=/run/sympozium/input.json', '--input=/pods/1/volumes/run/input.json'],
  ['-f=/run/sympozium', '-f=/pods/1/volumes/run'],
  ['--input', '--input'],
  ['/run/sympozium/x', '/pods/1/volumes/run/x'],
  ['cat /run/sympozium/x', 'cat /run/sympozium/x'],
  ['--text=a\n/run/sympozium', '--text=a\n/run/sympozium'],
])('the argument %j becomes %j', (argument, expected) => {
  expect(rewriter.argument(argument)).toBe(expected);
});

describe('a path', () => {
  it('that nothing is mapped for has no real one', () => {
    expect(rewriter.path('/tmp')).toBeUndefined();
    expect(rewriter.path('relative')).toBeUndefined();
  });

  it('under a mounted root is mapped', () => {
    expect(new PathRewriter([{ from: '/', to: '/pods/1/root' }]).path('/a/b')).toBe('/pods/1/root/a/b');
  });
});
