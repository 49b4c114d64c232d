import type { Frame } from './frames.js';
import { toValidJson } from './utf8.js';

/** One line of JSON with its `\n`; it is valid UTF-8 whatever the frame's texts hold. */
export const encodeFrame = (frame: Frame): string => `${toValidJson(JSON.stringify(frame))}\n`;
