import { resolve } from 'node:path';
import { curlLine, type ChatCall } from '../curl-line.js';
import { shellWord } from '../shell-word.js';

/** What a user needs to use the system. */
export interface Ready {
  /** How the demo instance is called; absent when it is not served. */
  readonly call?: ChatCall;
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
    process.stdout.write(this.#json ? `${readyJson(ready)}\n` : renderReady(ready));
  }
}

/** One line for programs; `endpoint` is the base URL for OpenAI clients. */
function readyJson({ call, kubeconfig }: Ready): string {
  if (!call) return JSON.stringify({ kubeconfig });
  const { origin, apiKey, model } = call;
  return JSON.stringify({ endpoint: `${origin}/v1`, apiKey, model, kubeconfig });
}

/** The text that ends a start. Its command lines work as pasted. */
export function renderReady({ call, kubeconfig }: Ready): string {
  const path = shellWord(kubeconfig);
  const elsewhere = kubeconfig === resolve('.sympozium/kubeconfig') ? '' : ` --kubeconfig ${path}`;
  const facts = call ? `  endpoint    ${call.origin}/v1\n  API key     ${call.apiKey}\n` : '';
  const commands = call
    ? [
        curlLine(call),
        `npx sympozium chat ${call.model}${elsewhere}`,
        `npx sympozium run -i ${call.model} "Say hello"${elsewhere}`,
      ]
    : [`kubectl --kubeconfig ${path} apply -f examples/server.yaml`, `npx sympozium endpoint demo --wait${elsewhere}`];
  return `
Ready.
${facts}  kubeconfig  ${kubeconfig}

Try it:
${commands.map((command) => `  ${command}\n`).join('')}  kubectl --kubeconfig ${path} get arun

Ctrl-C stops everything.
`;
}
