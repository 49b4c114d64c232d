import type { RunInput } from '../input.js';
import { PROTOCOL_VERSION } from '../frames.js';

/** An input file with one user message; `more` replaces any of its fields. */
export const agentInput = (text: string, more: Partial<RunInput> = {}): RunInput => ({
  v: PROTOCOL_VERSION,
  run: { name: 'conformance', namespace: 'default', uid: '0d3a2f6e-6f0e-4c3b-8c2a-0d9b8a3b4c5d', instance: 'demo' },
  model: { provider: 'echo', name: 'echo' },
  messages: [{ role: 'user', content: [{ type: 'text', text }], contentForm: 'string' }],
  ...more,
});

/** Texts on which roads that expand, escape or cut show themselves. */
export const TRICKY_TEXTS: Readonly<Record<string, string>> = {
  'what a kubelet would expand': '$(SYMPOZIUM_RUN) $$(X) $(HOME) $$ ${PATH} `id`',
  'quotes and escapes': String.raw`"double" 'single' \n \u0041 \\ {"json": [true]} %s %d <tag> &amp;`,
  'line breaks and control characters': 'one\ntwo\r\nthree\ttab \u0001\u001f\u007f \u0085 \u2028 \u2029 end',
  NUL: 'before\u0000after',
  'every plane of Unicode':
    'é ß ñ 中文 日本語 한국어 עברית العربية ไทย हिन्दी 🐍👩‍👩‍👧‍👦🇳🇴 \u{10ffff} \u{e000} \ufeff \ufffd e\u0301',
  'blank edges': '  \n leading and trailing \n  ',
};
