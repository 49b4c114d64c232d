const MAX_PREVIEW = 60;
/** Half a character, which UTF-8 cannot write. */
const LONE_SURROGATE = /\p{Cs}/gu;

/**
 * The beginning of a text on one line, at most 60 characters, for `status.resultPreview` and tables.
 * Line breaks, tabs and other control characters become one space; what was left out shows as `…`.
 */
export function preview(text: string): string {
  // The cut before the replacement keeps this cheap for an answer of a megabyte.
  const head = text.trimStart().slice(0, 4096);
  const line = head.replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  const characters = Array.from(line.replace(LONE_SURROGATE, '\u{fffd}'));
  const whole = characters.length <= MAX_PREVIEW && head.length === text.trimStart().length;
  return whole
    ? characters.join('')
    : `${characters
        .slice(0, MAX_PREVIEW - 1)
        .join('')
        .trimEnd()}…`;
}
