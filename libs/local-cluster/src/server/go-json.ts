/** What Go's encoding/json says of a text that is no JSON. */
export class JsonProblem extends Error {
  override readonly name = 'JsonProblem';
}

/** Deeper than any object is, and no deeper than a walk by recursion can go. */
const MAX_DEPTH = 1_000;
const LITERALS = ['true', 'false', 'null'];
const ESCAPES = 'bfnrt\\/"';

/**
 * The paths of fields that stand twice in an object, as strict decoding names them (`spec.containers[0].name`).
 * Throws `JsonProblem` in Go's words where the text is no JSON.
 */
export function duplicateFields(text: string): string[] {
  const scanner = new Scanner(text);
  scanner.document();
  return [...scanner.duplicates];
}

/** Walks JSON as Go's scanner does, so that its complaints are the same. */
class Scanner {
  readonly duplicates = new Set<string>();
  readonly #text: string;
  #at = 0;
  #depth = 0;
  readonly #path: string[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    this.#value();
    this.#space();
    if (this.#at < this.#text.length) this.#refuse('after top-level value');
  }

  #value(): void {
    this.#space();
    const char = this.#text[this.#at];
    if (char === '{') return this.#nested(() => this.#object());
    if (char === '[') return this.#nested(() => this.#array());
    if (char === '"') return void this.#string();
    if (char === '-' || isDigit(char)) return this.#number();
    const literal = LITERALS.find((word) => word[0] === char);
    if (literal === undefined) this.#refuse('looking for beginning of value');
    this.#literal(literal);
  }

  #nested(walk: () => void): void {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new JsonProblem('exceeded max depth');
    this.#at += 1;
    walk();
    this.#at += 1;
    this.#depth -= 1;
  }

  #object(): void {
    const seen = new Set<string>();
    if (this.#next() === '}') return;
    for (;;) {
      if (this.#next() !== '"') this.#refuse('looking for beginning of object key string');
      const key = this.#string();
      this.#path.push(this.#path.length === 0 ? key : `.${key}`);
      if (seen.has(key)) this.duplicates.add(this.#path.join(''));
      seen.add(key);
      if (this.#next() !== ':') this.#refuse('after object key');
      this.#at += 1;
      this.#value();
      this.#path.pop();
      if (this.#ends('}', 'after object key:value pair')) return;
    }
  }

  #array(): void {
    if (this.#next() === ']') return;
    for (let index = 0; ; index += 1) {
      this.#path.push(`[${index}]`);
      this.#value();
      this.#path.pop();
      if (this.#ends(']', 'after array element')) return;
    }
  }

  /** After an element: true at the end, false after a comma. */
  #ends(close: string, where: string): boolean {
    const char = this.#next();
    if (char === close) return true;
    if (char !== ',') this.#refuse(where);
    this.#at += 1;
    return false;
  }

  #string(): string {
    const start = this.#at;
    this.#at += 1;
    for (;;) {
      const char = this.#text[this.#at];
      if (char === '"') break;
      if (char === undefined || char < ' ') this.#refuse('in string literal');
      this.#at += 1;
      if (char === '\\') this.#escape();
    }
    this.#at += 1;
    const raw = this.#text.slice(start, this.#at);
    return raw.includes('\\') ? String(JSON.parse(raw)) : raw.slice(1, -1);
  }

  #escape(): void {
    const char = this.#text[this.#at];
    if (char === undefined || !(ESCAPES + 'u').includes(char)) this.#refuse('in string escape code');
    this.#at += 1;
    for (let digits = char === 'u' ? 4 : 0; digits > 0; digits -= 1) {
      if (!/^[0-9a-fA-F]$/.test(this.#text[this.#at] ?? '')) this.#refuse('in \\u hexadecimal character escape');
      this.#at += 1;
    }
  }

  #number(): void {
    if (this.#text[this.#at] === '-') this.#at += 1;
    if (this.#text[this.#at] === '0') this.#at += 1;
    else this.#digits('in numeric literal');
    if (this.#text[this.#at] === '.') {
      this.#at += 1;
      this.#digits('after decimal point in numeric literal');
    }
    if (/^[eE]$/.test(this.#text[this.#at] ?? '')) {
      this.#at += 1;
      if (/^[+-]$/.test(this.#text[this.#at] ?? '')) this.#at += 1;
      this.#digits('in exponent of numeric literal');
    }
  }

  #digits(where: string): void {
    if (!isDigit(this.#text[this.#at])) this.#refuse(where);
    while (isDigit(this.#text[this.#at])) this.#at += 1;
  }

  #literal(word: string): void {
    for (const expected of word) {
      if (this.#text[this.#at] !== expected) this.#refuse(`in literal ${word} (expecting ${quoted(expected)})`);
      this.#at += 1;
    }
  }

  #next(): string | undefined {
    this.#space();
    return this.#text[this.#at];
  }

  #space(): void {
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at += 1;
  }

  #refuse(where: string): never {
    const char = this.#text[this.#at];
    throw new JsonProblem(
      char === undefined ? 'unexpected end of JSON input' : `invalid character ${quoted(char)} ${where}`,
    );
  }
}

const isDigit = (char: string | undefined): boolean => char !== undefined && char >= '0' && char <= '9';
const isSpace = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9;

/** A character between single quotes, as Go writes it. */
function quoted(char: string): string {
  if (char === "'") return "'\\''";
  if (char === '"') return `'"'`;
  return `'${JSON.stringify(char).slice(1, -1)}'`;
}
