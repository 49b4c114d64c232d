import { SympoziumError } from '@sympozium/api';

/** Splits `NAME=COMMAND` of `--image`; the command is split at blanks, quotes keep words together. */
export function parseImages(flags: readonly string[]): ReadonlyMap<string, readonly string[]> {
  return new Map(flags.map(parseImage));
}

function parseImage(flag: string): [string, readonly string[]] {
  const at = flag.indexOf('=');
  const command = words(flag.slice(at + 1));
  if (at < 1 || command.length === 0)
    throw new SympoziumError(
      'USAGE',
      `--image wants NAME=COMMAND, e.g. --image my-agent:dev="python3 agent.py", not ${JSON.stringify(flag)}.`,
    );
  return [flag.slice(0, at), command];
}

const words = (text: string): string[] =>
  [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) => double ?? single ?? bare ?? '');
