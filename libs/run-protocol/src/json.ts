import { toValidJson } from './utf8.js';

/** What a text says if it is JSON, with all strings valid; else undefined. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(toValidJson(text));
  } catch {
    return undefined;
  }
}
