const LONE_SURROGATE = /\p{Cs}/gu;

/** In JSON: an escaped pair, an escaped half of one (in the group), or any other escape. */
const ESCAPE = /\\(?:ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|u(d[89a-f][0-9a-f]{2})|[^])/gi;
const SURROGATE_ESCAPE = /\\ud[89a-f]/i;

/** The text with every half of a surrogate pair, which UTF-8 cannot write, as U+FFFD. Hashes and lengths are of this. */
export const toValidUtf8 = (text: string): string => text.replace(LONE_SURROGATE, '\u{fffd}');

/** JSON whose strings and keys can all be written as UTF-8, escaped or not. */
export function toValidJson(json: string): string {
  const raw = toValidUtf8(json);
  if (!SURROGATE_ESCAPE.test(raw)) return raw;
  return raw.replace(ESCAPE, (escape, lone?: string) => (lone === undefined ? escape : '\\ufffd'));
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
