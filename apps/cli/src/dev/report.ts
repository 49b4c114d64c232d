import { resolve } from 'node:path';

/** What a user needs to call the system. */
export interface Ready {
  /** Base URL for OpenAI clients. */
  readonly endpoint: string;
  readonly apiKey: string;
  readonly model: string;
  readonly kubeconfig: string;
}

/** What `dev` prints: every step as it happens, or with `--output json` one line when ready and nothing else. */
export class Report {
  readonly #json: boolean;
  readonly #verbose: boolean;

  constructor(output: 'text' | 'json', verbose: boolean) {
    this.#json = output === 'json';
    this.#verbose = verbose;
  }

  /** Steps go to stderr, so that stdout stays a program’s to read. */
  step(text: string): void {
    process.stderr.write(`· ${text}\n`);
  }

  detail(text: string): void {
    if (this.#verbose) process.stderr.write(`  ${text}\n`);
  }

  /** Something that went wrong and does not stop the system. */
  problem(text: string): void {
    process.stderr.write(`! ${text}\n`);
  }

  /** A piece of the demo’s answer, as it streams. */
  delta(text: string): void {
    process.stderr.write(text);
  }

  ready(ready: Ready): void {
    process.stdout.write(this.#json ? `${JSON.stringify(ready)}\n` : renderReady(ready));
  }
}

/** The text that ends a start. Its command lines work as pasted. */
export function renderReady({ endpoint, apiKey, model, kubeconfig }: Ready): string {
  const body = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Hello, agent' }] });
  const path = shellWord(kubeconfig);
  const elsewhere = kubeconfig === resolve('.sympozium/kubeconfig') ? '' : ` --kubeconfig ${path}`;
  return `
Ready.
  endpoint    ${endpoint}
  API key     ${apiKey}
  kubeconfig  ${kubeconfig}

Try it:
  curl -N ${endpoint}/chat/completions -H ${shellWord(`Authorization: Bearer ${apiKey}`)} -H 'content-type: application/json' -d ${shellWord(body)}
  npx sympozium run "Say hello"${elsewhere}
  kubectl --kubeconfig ${path} get arun

Ctrl-C stops everything.
`;
}

/** The text as one word of a POSIX shell. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
