import { AGENT_ENV, LIMIT, REFERENCE_AGENT_ENV } from '@sympozium/api';
import { MIN_ENVELOPE_BYTES } from '@sympozium/run-protocol';

/** What the environment says, read once. By hand: a schema library would cost more time than the first frame has. */
export interface Settings {
  /** The Pod's uid; `local` for an agent that somebody runs by hand. */
  readonly attempt: string;
  readonly inputFile: string | undefined;
  /** The termination message's file; absent: nobody waits for one. */
  readonly resultFile: string | undefined;
  readonly resultBytes: number;
  readonly stream: { readonly url: string; readonly tokenFile: string } | undefined;
  /** The provider's key; never to be told. */
  readonly modelKey: string | undefined;
  /** Time between the words of provider `echo`. */
  readonly echoPaceMs: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function readSettings(env: Environment): Settings {
  const read = (name: string): string | undefined => env[name] || undefined;
  const url = read(AGENT_ENV.streamUrl);
  const tokenFile = read(AGENT_ENV.tokenFile);
  return {
    attempt: read(AGENT_ENV.attempt) ?? 'local',
    inputFile: read(AGENT_ENV.input),
    resultFile: read(AGENT_ENV.result),
    resultBytes: resultBytes(read(AGENT_ENV.resultBytes)),
    stream: url !== undefined && tokenFile !== undefined ? { url, tokenFile } : undefined,
    modelKey: read(AGENT_ENV.modelKey),
    echoPaceMs: echoPaceMs(read(REFERENCE_AGENT_ENV.echoPaceMs)),
  };
}

/** What is no sensible size counts as what a kubelet keeps of one container. */
function resultBytes(text: string | undefined): number {
  const bytes = Number(text);
  return Number.isInteger(bytes) && bytes >= MIN_ENVELOPE_BYTES ? bytes : LIMIT.terminationMessage;
}

/** What is no number of milliseconds is no pace: a demo's setting is no reason to fail a run. */
function echoPaceMs(text: string | undefined): number {
  const pace = Number(text);
  return Number.isFinite(pace) && pace > 0 ? pace : 0;
}
