import { describe, expect, it } from 'vitest';
import { parseImages } from './images.js';

describe('parseImages', () => {
  it('splits at the first = and keeps quoted words together', () => {
    expect(parseImages(['a:1=python3 "my agent.py" --x=1'])).toEqual(
      new Map([['a:1', ['python3', 'my agent.py', '--x=1']]]),
    );
  });

  it.each(['a', '=x', 'a=', 'a=  '])('refuses %j and says what it wants', (flag) => {
    expect(() => parseImages([flag])).toThrow(/NAME=COMMAND/);
  });
});
