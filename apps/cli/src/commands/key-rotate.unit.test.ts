import { ANNOTATION, SYMPOZIUM_INSTANCE } from '@sympozium/api';
import { beforeEach, describe, expect, it } from 'vitest';
import { findServing } from '../server/find-serving.js';
import { API_KEY, INSTANCE, ServedWorld } from '../testing/served-world.js';
import { renderRotated, rotateKey } from './key-rotate.js';

const KEY = { namespace: 'default', name: INSTANCE };
const EPOCH = '2026-01-01T00:00:00.000Z';

let world: ServedWorld;
beforeEach(() => {
  world = new ServedWorld();
  world.instance();
  world.serving();
  world.keys();
});

const rotate = async (wait: () => Promise<unknown>) =>
  rotateKey(world.client, await findServing(world.client, KEY), { epoch: EPOCH, wait });

/** What the operator does when it sees the epoch. */
async function operate(): Promise<void> {
  const { metadata } = await world.client.get(SYMPOZIUM_INSTANCE, KEY);
  const epoch = metadata.annotations?.[ANNOTATION.keyEpoch];
  const previous = JSON.stringify({ key: API_KEY, expires: '2026-01-02T00:00:00Z' });
  world.keys({ 'api-key': 'sk-new', 'api-key-previous': previous }, { [ANNOTATION.keyEpoch]: epoch });
}

describe('key rotate', () => {
  it('asks for a key, waits for it, and says until when the old one is valid', async () => {
    const secret = await rotate(operate);
    expect(renderRotated(secret)).toBe('API key   sk-new\nThe old key is valid until 2026-01-02T00:00:00Z.\n');
    expect(world.client.writes).toHaveLength(1);
  });

  it('leaves a Secret of the user’s own alone, and says so', async () => {
    world.instance({ endpoint: { authSecretRef: { name: 'own' } } });
    await expect(rotate(operate)).rejects.toMatchObject({
      code: 'KEY_NOT_GENERATED',
      message: expect.stringContaining('the Secret own of your own'),
    });
    expect(world.client.writes).toEqual([]);
  });

  it('gives up where no operator makes one', async () => {
    let rounds = 0;
    await expect(rotate(async () => (rounds += 1))).rejects.toMatchObject({ code: 'KEY_NOT_ROTATED' });
    expect(rounds).toBeGreaterThan(1);
  });
});
