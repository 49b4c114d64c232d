const TELL_EVERY_MS = 10_000;
const KEPT_LINES = 10;

/** Makes of what `go build -v` prints, a line a module or package, one line every ten seconds. */
export class BuildProgress {
  /** What Go printed last, for an error. */
  readonly lastLines: string[] = [];
  readonly #tell: (line: string) => void;
  readonly #now: () => number;
  readonly #size: string;
  readonly #startedAt: number;
  #toldAt: number;
  #modules = 0;
  #packages = 0;

  /** `size`: how many packages are compiled, about. */
  constructor(tell: (line: string) => void, now: () => number, size: number) {
    this.#tell = tell;
    this.#now = now;
    this.#size = size.toLocaleString('en-US');
    this.#startedAt = this.#toldAt = now();
  }

  see(line: string): void {
    if (line.startsWith('go: downloading ')) this.#modules += 1;
    else if (/^[\w.~/-]+$/.test(line)) this.#packages += 1;
    this.lastLines.push(line);
    if (this.lastLines.length > KEPT_LINES) this.lastLines.shift();
    const now = this.#now();
    if (now - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = now;
    this.#tell(this.#summary(Math.round((now - this.#startedAt) / 1000)));
  }

  #summary(seconds: number): string {
    const time = `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`;
    return `${time}: ${this.#modules} modules downloaded, ${this.#packages} packages compiled (of about ${this.#size})`;
  }
}
