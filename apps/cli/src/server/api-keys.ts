import { KEY_ENTRY, SympoziumError, type SympoziumInstance } from '@sympozium/api';
import type { Secret } from '@sympozium/plugin-sdk/manifests';

/** One entry of a Secret with API keys, as apps/web-proxy reads it too. */
export interface ApiKey {
  /** Name of the entry. */
  readonly name: string;
  readonly secret: string;
  /** Instances that it may call; absent: all. */
  readonly instances?: readonly string[];
  readonly limits?: KeyLimits;
  /** RFC 3339. */
  readonly expires?: string;
}

export interface KeyLimits {
  readonly requestsPerMinute?: number;
  readonly burst?: number;
  readonly maxConcurrent?: number;
}

/** The keys of a Secret, by name. What is no key is left out. */
export const readKeys = ({ data = {} }: Secret): ApiKey[] =>
  Object.keys(data)
    .sort()
    .flatMap((name) =>
      readKey(
        name,
        Buffer.from(data[name] ?? '', 'base64')
          .toString('utf8')
          .trim(),
      ),
    );

function readKey(name: string, text: string): ApiKey[] {
  if (text === '') return [];
  if (!text.startsWith('{')) return [{ name, secret: text }];
  try {
    const { key, ...rights } = JSON.parse(text) as Omit<ApiKey, 'name' | 'secret'> & { key?: unknown };
    return typeof key === 'string' ? [{ ...rights, name, secret: key }] : [];
  } catch {
    return []; // the proxy refuses it too, and says so in its log
  }
}

export interface KeyChoice {
  readonly instance: SympoziumInstance;
  /** Name of the Secret that holds the keys. */
  readonly secret: string;
  /** Name of the entry that the user wants; absent: `api-key`, else the only one that may call the instance. */
  readonly wanted?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The key to call the instance with. Throws `KEY_NOT_FOUND` with the names there are. */
export function chooseKey(keys: readonly ApiKey[], choice: KeyChoice): ApiKey {
  const { wanted, secret, instance } = choice;
  const names = keys.map(({ name }) => name).join(', ') || 'none';
  const wrong = (what: string): SympoziumError =>
    new SympoziumError('KEY_NOT_FOUND', `${what} (entries of Secret ${secret}: ${names}).`);
  if (wanted !== undefined) {
    const key = keys.find(({ name }) => name === wanted);
    if (key) return key;
    throw wrong(`there is no API key ${wanted}`);
  }
  const usable = keys.filter((key) => mayCall(key, choice));
  const [only, ...others] = usable;
  const key = usable.find(({ name }) => name === KEY_ENTRY.current) ?? (others.length === 0 ? only : undefined);
  if (key) return key;
  if (only === undefined) throw wrong(`no API key may call instance ${instance.metadata.name}`);
  throw wrong(`choose one of ${usable.length} API keys with --key`);
}

function mayCall({ name, instances, expires }: ApiKey, { instance, now }: KeyChoice): boolean {
  const { metadata, spec } = instance;
  if (name === KEY_ENTRY.previous || (expires !== undefined && Date.parse(expires) <= now)) return false;
  return (instances?.includes(metadata.name) ?? true) && (spec.endpoint?.keys?.includes(name) ?? true);
}
