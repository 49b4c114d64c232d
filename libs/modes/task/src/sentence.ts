import { ERRORS, type ErrorCode } from '@sympozium/api';

const MAX_DETAIL = 1024;

/** What happened, the case at hand, and what to do next, on one line. */
export function sentence(code: ErrorCode, detail?: string): string {
  const { meaning, action } = ERRORS[code];
  const cause = detail === undefined || detail === '' ? meaning : `${endless(meaning)}: ${endless(clip(detail))}.`;
  return `${cause} ${action}`;
}

const endless = (text: string): string => oneLine(text).replace(/\.+$/, '');

/** Line breaks and control characters are spaces in a table's column; half a character no API server takes. */
const oneLine = (text: string): string =>
  text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(/\p{Cs}/gu, '\u{fffd}')
    .trim();

const clip = (text: string): string =>
  text.length <= MAX_DETAIL ? text : `${[...text].slice(0, MAX_DETAIL).join('')}…`;
