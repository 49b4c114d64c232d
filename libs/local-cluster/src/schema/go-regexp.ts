const POSIX: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7F',
  blank: '\\t ',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

const cache = new Map<string, RegExp | Error>();

/** A regular expression of Go (RE2) as one of JavaScript; throws a SyntaxError in Go's words where it is none. */
export function goRegExp(pattern: string): RegExp {
  let known = cache.get(pattern);
  if (known === undefined) {
    known = compile(pattern);
    cache.set(pattern, known);
  }
  if (known instanceof Error) throw known;
  return known;
}

function compile(pattern: string): RegExp | Error {
  const [, flags = '', rest = pattern] = /^\(\?([ims]+)\)(.*)$/s.exec(pattern) ?? [];
  const [perl] = /\(\?(?:[=!]|<[=!])/.exec(rest) ?? [];
  if (perl !== undefined) return goError(`invalid or unsupported Perl syntax: \`${perl}\``);
  try {
    return new RegExp(translate(rest), `u${flags}`);
  } catch (error) {
    return goError(inGoWords(error instanceof Error ? error.message : String(error), pattern));
  }
}

const goError = (why: string): SyntaxError => new SyntaxError(`error parsing regexp: ${why}`);

/** What Go says of the most common mistakes. */
function inGoWords(message: string, pattern: string): string {
  if (message.includes('Unterminated group')) return `missing closing ): \`${pattern}\``;
  if (message.includes('Unterminated character class'))
    return `missing closing ]: \`${pattern.slice(pattern.lastIndexOf('['))}\``;
  if (message.includes('Unmatched')) return `unexpected ): \`${pattern}\``;
  if (message.includes('Nothing to repeat'))
    return `missing argument to repetition operator: \`${/[*+?]/.exec(pattern)?.[0] ?? pattern}\``;
  return message.replace(/^Invalid regular expression: .*: /s, '');
}

/** One token: an escape, a class with its content, or any other character. */
const TOKEN = /\\[\s\S]|\[:\^?[a-z]+:\]|\(\?P<|[\s\S]/gu;

function translate(pattern: string): string {
  let inClass = false;
  let atStart = false;
  const out: string[] = [];
  for (const [token] of pattern.matchAll(TOKEN)) {
    out.push(translated(token, inClass, atStart));
    [inClass, atStart] = nextState(token, inClass, atStart);
  }
  return out.join('');
}

function nextState(token: string, inClass: boolean, atStart: boolean): [boolean, boolean] {
  if (!inClass) return token === '[' || token.startsWith('[:') ? [true, true] : [false, false];
  if (token === ']' && !atStart) return [false, false];
  return [true, atStart && token === '^'];
}

function translated(token: string, inClass: boolean, atStart: boolean): string {
  if (token.startsWith('\\')) return escape(token.slice(1), inClass);
  if (inClass) return translatedInClass(token, atStart);
  if (token === '(?P<') return '(?<';
  return token === ']' || token === '}' ? loneBracket(token) : token;
}

/** `}` closes a repetition; JavaScript has no lone `]`. */
const loneBracket = (token: string): string => (token === ']' ? '\\]' : token);

function translatedInClass(token: string, atStart: boolean): string {
  const posix = /^\[:([a-z]+):\]$/.exec(token)?.[1];
  if (posix) return POSIX[posix] ?? token;
  if (token === '[' || (token === ']' && atStart)) return `\\${token}`;
  return token;
}

const TEXT_EDGES: Readonly<Record<string, string>> = {
  A: '(?<![\\s\\S])',
  z: '(?![\\s\\S])',
  C: '[\\s\\S]',
  a: '\\x07',
};

function escape(letter: string, inClass: boolean): string {
  const edge = TEXT_EDGES[letter];
  if (edge !== undefined) return edge;
  if (/[0-9A-Za-z]/.test(letter) || /[\^$\\.*+?()[\]{}|/]/.test(letter)) return `\\${letter}`;
  return letter === '-' && inClass ? '\\-' : letter;
}
