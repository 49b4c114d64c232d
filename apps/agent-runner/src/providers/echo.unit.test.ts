import { FakeClock } from '@sympozium/process/testing';
import { agentInput } from '@sympozium/run-protocol/testing';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../settings.js';
import { echo } from './echo.js';
import type { ProviderEvent } from './provider.js';

/** The echo of a text, read as it comes. */
function listen(text: string, pace?: string) {
  const clock = new FakeClock();
  const stop = new AbortController();
  const settings = readSettings({ SYMPOZIUM_ECHO_PACE_MS: pace });
  const said: ProviderEvent[] = [];
  const read = async (): Promise<void> => {
    for await (const event of echo(agentInput(text), { settings, clock, signal: stop.signal })) said.push(event);
  };
  const words = (): string[] => said.flatMap((event) => (event.type === 'delta' ? [event.text] : []));
  return { clock, stop, words, ended: read() };
}

describe('echo', () => {
  it.each([undefined, '', '0', '-5', 'fast'])('says everything at once when its pace is %j', async (pace) => {
    const { clock, words, ended } = listen('One two  three', pace);
    await ended;
    expect(words()).toEqual(['One ', 'two  ', 'three']);
    expect(clock.now()).toBe(new FakeClock().now());
  });

  it('waits its pace between two words, and not behind the last', async () => {
    const { clock, words, ended } = listen('One two three', '40');
    await clock.advance(39);
    expect(words()).toEqual(['One ']);
    await clock.advance(1);
    expect(words()).toEqual(['One ', 'two ']);
    await clock.advance(40);
    await ended;
    expect(words()).toEqual(['One ', 'two ', 'three']);
    expect(clock.waiting).toBe(0);
  });

  it('stops in the middle of a pause', async () => {
    const { clock, stop, ended } = listen('One two', '60000');
    await clock.advance(1);
    stop.abort('SIGTERM');
    await expect(ended).rejects.toBe('SIGTERM');
    expect(clock.waiting).toBe(0);
  });

  it('says a long text in at most a thousand pieces that are the text', async () => {
    const text = 'word\n'.repeat(12_345);
    const { words, ended } = listen(text);
    await ended;
    expect(words().join('')).toBe(text);
    expect(words().length).toBeLessThanOrEqual(1000);
  });
});
