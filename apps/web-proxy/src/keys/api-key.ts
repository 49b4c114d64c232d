import { z } from 'zod';

const entry = z.object({
  key: z.string(),
  instances: z.array(z.string().min(1)).optional(),
  limits: z
    .object({
      requestsPerMinute: z.int().min(1).optional(),
      burst: z.int().min(1).optional(),
      maxConcurrent: z.int().min(1).optional(),
    })
    .optional(),
  expires: z.iso.datetime({ offset: true }).optional(),
});

/** How often and how many at once; what is absent is left to others. */
export type RateLimit = NonNullable<z.output<typeof entry>['limits']>;

/** Who calls: an API key, without the key. */
export interface Caller {
  /** Name of the key's entry. */
  readonly id: string;
  /** Instances that it may call; absent: all of the namespace. */
  readonly instances?: readonly string[];
  readonly limits?: RateLimit;
  /** Milliseconds since 1970. */
  readonly expires?: number;
}

export interface KeyEntry {
  readonly secret: string;
  readonly caller: Caller;
}

/** `sk-` and 128 bits in base64url have 25 characters. */
const MIN_KEY_LENGTH = 20;
const PREVIOUS = '-previous';

/** Name and content of an entry of the key Secret, or of a file of the keys folder. */
export type NamedText = readonly [name: string, content: string];

/** What many entries hold. */
export interface KeyEntries {
  readonly keys: readonly KeyEntry[];
  /** Entries that hold no key, and why; never any of their content. */
  readonly refused: readonly { readonly entry: string; readonly problem: string }[];
}

/** Reads all entries. What a previous key does not say of its rights, limits and end, the current one says for it. */
export function parseKeyEntries(entries: readonly NamedText[]): KeyEntries {
  const keys = new Map<string, KeyEntry>();
  const refused: { entry: string; problem: string }[] = [];
  for (const [name, content] of entries) {
    try {
      keys.set(name, parseKeyEntry(name, content));
    } catch (error) {
      refused.push({ entry: name, problem: (error as Error).message });
    }
  }
  const whole = ({ secret, caller }: KeyEntry): KeyEntry => ({
    secret,
    caller: { ...keys.get(caller.id)?.caller, ...caller },
  });
  return { keys: [...keys.values()].map(whole), refused };
}

/**
 * Reads one entry: a plain key, or JSON `{key, instances, limits, expires}`.
 * Throws an `Error` that says what is wrong and never holds any of the content.
 */
export function parseKeyEntry(name: string, content: string): KeyEntry {
  const text = content.trim();
  const { key, instances, limits, expires } = text.startsWith('{') ? parseJson(text) : { key: text };
  if (key.length < MIN_KEY_LENGTH) throw new Error(`the key is shorter than ${MIN_KEY_LENGTH} characters`);
  if (!/^[\x21-\x7e]+$/.test(key)) throw new Error('the key has a character that no HTTP header can carry');
  return {
    secret: key,
    caller: {
      // A rotation keeps its runs reachable: the previous key is the same caller.
      id: name.endsWith(PREVIOUS) ? name.slice(0, -PREVIOUS.length) : name,
      ...(instances && { instances }),
      ...(limits && { limits }),
      ...(expires !== undefined && { expires: Date.parse(expires) }),
    },
  };
}

function parseJson(text: string): z.output<typeof entry> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error('it begins with { but is no JSON'); // the cause would quote the key
  }
  const parsed = entry.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new Error(`its field ${parsed.error.issues[0]?.path.join('.') || 'key'} is not valid`);
}
