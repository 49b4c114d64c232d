/** Characters that Go's JSON writes as `\u003c`, `\u2028` and the like, but `JSON.stringify` as they are. */
const ESCAPED_BY_GO = /[<>&\u2028\u2029]/g;
const ESCAPE_BYTES = 6;

const utf8Bytes = (text: string): number => new TextEncoder().encode(text).length;

/**
 * Bytes that a JSON value takes where the API server stores a custom resource: Go's compact JSON, which writes
 * `<`, `>`, `&`, U+2028 and U+2029 as six bytes each. Limits of input and results are counted with it, because etcd
 * refuses by this size and not by what travelled. Source: https://pkg.go.dev/encoding/json#HTMLEscape.
 */
export function storedBytes(json: unknown): number {
  const text = JSON.stringify(json) ?? '';
  let bytes = utf8Bytes(text);
  for (const [character] of text.matchAll(ESCAPED_BY_GO)) bytes += ESCAPE_BYTES - utf8Bytes(character);
  return bytes;
}
