import { ERRORS, type ErrorCode } from './errors.js';

const MAX_DETAIL = 1024;

/** What happened, the case at hand, and what to do next: the text of a status or an answer for a row of the table. */
export function errorSentence(code: ErrorCode, detail?: string): string {
  const { meaning, action } = ERRORS[code];
  const cause = detail === undefined || detail === '' ? meaning : `${endless(meaning)}: ${endless(clip(detail))}.`;
  return `${cause} ${action}`;
}

const endless = (text: string): string => text.trim().replace(/\.+$/, '');

const clip = (text: string): string =>
  text.length <= MAX_DETAIL ? text : `${[...text].slice(0, MAX_DETAIL).join('')}…`;
