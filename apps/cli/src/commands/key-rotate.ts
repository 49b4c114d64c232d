import { ANNOTATION, KEY_ENTRY, SYMPOZIUM_INSTANCE, SympoziumError } from '@sympozium/api';
import type { KubeClient } from '@sympozium/kube';
import type { Secret } from '@sympozium/plugin-sdk/manifests';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from '../cluster.js';
import { readKeys, type ApiKey } from '../server/api-keys.js';
import { keySecret } from '../server/find-endpoint.js';
import { findServing } from '../server/find-serving.js';
import type { Serving } from '../server/serving-state.js';
import type { ClusterOptions, OutputOptions } from './options.js';

const ASK_EVERY_MS = 200;
const WITHIN_S = 30;
const ROUNDS = (WITHIN_S * 1000) / ASK_EVERY_MS;

/** `sympozium key rotate INSTANCE`: a new API key; the old one stays valid for a day. */
export async function keyRotate(name: string, options: ClusterOptions & OutputOptions): Promise<void> {
  const client = await connect(options);
  try {
    const serving = await findServing(client, { namespace: options.namespace, name });
    const secret = await rotateKey(client, serving, { epoch: new Date().toISOString() });
    process.stdout.write(options.output === 'json' ? rotatedJson(name, secret) : renderRotated(secret));
  } finally {
    await client.close();
  }
}

export interface Rotation {
  /** Any value that was not there before. */
  readonly epoch: string;
  readonly wait?: () => Promise<unknown>;
}

/** Asks the operator for a new key, and waits for the Secret that holds it. */
export async function rotateKey(
  client: KubeClient,
  serving: Serving,
  { epoch, wait = () => pause(ASK_EVERY_MS) }: Rotation,
): Promise<Secret> {
  const { metadata, spec } = serving.instance;
  const { name, namespace = 'default' } = metadata;
  const own = spec.endpoint?.authSecretRef?.name;
  if (own !== undefined) throw notOurs(name, own);
  const patch = { type: 'merge', body: { metadata: { annotations: { [ANNOTATION.keyEpoch]: epoch } } } } as const;
  await client.patch(SYMPOZIUM_INSTANCE, { namespace, name }, patch, { fieldManager: 'sympozium-cli' });
  for (let round = 0; round < ROUNDS; round += 1) {
    const secret = await keySecret(client, serving);
    if (secret.metadata.annotations?.[ANNOTATION.keyEpoch] === epoch) return secret;
    await wait();
  }
  throw notRotated(name);
}

const notOurs = (name: string, secret: string): SympoziumError =>
  new SympoziumError(
    'KEY_NOT_GENERATED',
    `instance ${name} uses the Secret ${secret} of your own: put the new key into it, and the server follows.`,
  );

const notRotated = (name: string): SympoziumError =>
  new SympoziumError(
    'KEY_NOT_ROTATED',
    `the operator has not made the new API key of instance ${name} after ${WITHIN_S} s. Check that it runs; it makes the key when it does.`,
  );

interface Rotated {
  readonly current: ApiKey | undefined;
  readonly previous: ApiKey | undefined;
}

function rotated(secret: Secret): Rotated {
  const keys = readKeys(secret);
  const named = (entry: string): ApiKey | undefined => keys.find(({ name }) => name === entry);
  return { current: named(KEY_ENTRY.current), previous: named(KEY_ENTRY.previous) };
}

export function renderRotated(secret: Secret): string {
  const { current, previous } = rotated(secret);
  const old = previous?.expires === undefined ? '' : `The old key is valid until ${previous.expires}.\n`;
  return `API key   ${current?.secret ?? ''}\n${old}`;
}

function rotatedJson(instance: string, secret: Secret): string {
  const { current, previous } = rotated(secret);
  const until = previous?.expires;
  return `${JSON.stringify({ instance, apiKey: current?.secret, ...(until !== undefined && { oldKeyExpires: until }) })}\n`;
}
