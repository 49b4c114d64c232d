import { ERRORS, type ErrorCode } from './errors.js';

const MAX_DETAIL = 1024;

/** What happened, the case at hand, and what to do next, on one line: the text of a status or of an answer. */
export function errorSentence(code: ErrorCode, detail = ''): string {
  const { meaning, action } = ERRORS[code];
  const line = endless(clip(oneLine(detail)));
  return `${line === '' ? meaning : `${endless(meaning)}: ${line}.`} ${action}`;
}

/** Line breaks and control characters are spaces in a table's column; half a character no API server takes. */
const oneLine = (text: string): string =>
  text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(/\p{Cs}/gu, '\u{fffd}')
    .trim();

const endless = (text: string): string => text.replace(/[.:\s]+$/, '');

function clip(text: string): string {
  if (text.length <= MAX_DETAIL) return text;
  const characters = [...text];
  return characters.length <= MAX_DETAIL ? text : `${characters.slice(0, MAX_DETAIL).join('')}…`;
}
